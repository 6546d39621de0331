(class_declaration declaration_kind: "class" name: (_) @name body: (_) @body) @definition.class
(class_declaration declaration_kind: "struct" name: (_) @name body: (_) @body) @definition.class
(class_declaration declaration_kind: "actor" name: (_) @name body: (_) @body) @definition.class
(class_declaration declaration_kind: "extension" name: (_) @name body: (_) @body) @definition.class
(class_declaration declaration_kind: "enum" name: (_) @name body: (_) @body) @definition.enum
(protocol_declaration name: (_) @name body: (_) @body) @definition.interface
(typealias_declaration name: (_) @name) @definition.type
(function_declaration name: (_) @name body: (_) @body) @definition.function
(protocol_function_declaration name: (_) @name) @definition.function
(init_declaration "init" @name body: (_) @body) @definition.function

(source_file
  (property_declaration
    (value_binding_pattern mutability: "let")
    name: (pattern bound_identifier: (simple_identifier) @name)) @definition.constant)

([(comment) (multiline_comment)] @doc
  .
  [
    (class_declaration)
    (protocol_declaration)
    (typealias_declaration)
    (function_declaration)
    (protocol_function_declaration)
    (init_declaration)
    (property_declaration)
  ] @documented
  (#match? @doc "^/([*][*]|//)"))
