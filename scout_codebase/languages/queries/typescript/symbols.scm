(abstract_class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.interface
(type_alias_declaration name: (_) @name value: (_) @body) @definition.type
(enum_declaration name: (_) @name body: (_) @body) @definition.enum
(function_signature name: (_) @name) @definition.function
(public_field_definition name: (_) @name value: (arrow_function body: (_) @body)) @definition.function

((comment) @doc
  .
  [
    (abstract_class_declaration)
    (interface_declaration)
    (type_alias_declaration)
    (enum_declaration)
    (public_field_definition)
  ] @documented
  (#match? @doc "^/[*][*]"))
