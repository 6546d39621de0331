(class_definition name: (identifier) @name body: (_)? @body) @definition.class
(object_definition name: (identifier) @name body: (_)? @body) @definition.class
(trait_definition name: (identifier) @name body: (_)? @body) @definition.interface
(enum_definition name: (identifier) @name body: (_) @body) @definition.enum
(type_definition name: (type_identifier) @name) @definition.type
(function_definition name: (identifier) @name body: (_) @body) @definition.function
(function_declaration name: (identifier) @name) @definition.function

((block_comment) @doc
  .
  [
    (class_definition)
    (object_definition)
    (trait_definition)
    (enum_definition)
    (type_definition)
    (function_definition)
    (function_declaration)
  ] @documented
  (#match? @doc "^/[*][*]"))
