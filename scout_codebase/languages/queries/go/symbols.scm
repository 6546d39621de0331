(function_declaration name: (identifier) @name body: (block)? @body) @definition.function

(method_declaration
  receiver: (parameter_list)
  name: (field_identifier) @name
  body: (block)? @body) @definition.method

(type_spec name: (_) @name type: (struct_type (field_declaration_list) @body)) @definition.class
(type_spec name: (_) @name type: (interface_type) @body) @definition.interface
(type_spec
  name: (_) @name
  type: [
    (array_type)
    (channel_type)
    (function_type)
    (generic_type)
    (map_type)
    (pointer_type)
    (qualified_type)
    (slice_type)
    (type_identifier)
  ]) @definition.type
(type_alias name: (_) @name) @definition.type

((const_spec name: (identifier) @name) @definition.constant
  (#match? @name "^[A-Z]"))

((comment) @doc
  .
  [(function_declaration) (method_declaration) (type_declaration)] @documented)

(function_declaration body: (_) @within.dynamic)
(method_declaration body: (_) @within.dynamic)

(type_declaration (comment) @doc . [(type_spec) (type_alias)] @documented)
