(class_declaration name: (name) @name body: (_) @body) @definition.class
(trait_declaration name: (name) @name body: (_) @body) @definition.class
(interface_declaration name: (name) @name body: (_) @body) @definition.interface
(enum_declaration name: (name) @name body: (_) @body) @definition.enum
(function_definition name: (name) @name body: (_) @body) @definition.function
(method_declaration name: (name) @name body: (_) @body) @definition.function
(method_declaration name: (name) @name !body) @definition.function
(program (const_declaration (const_element . (name) @name)) @definition.constant)

((comment) @doc . [
  (class_declaration) (trait_declaration) (interface_declaration) (enum_declaration)
  (function_definition) (method_declaration)
] @documented
  (#match? @doc "^/[*][*]"))
