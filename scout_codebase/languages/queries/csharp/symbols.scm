(class_declaration name: (identifier) @name body: (_) @body) @definition.class
(struct_declaration name: (identifier) @name body: (_) @body) @definition.class
(record_declaration name: (identifier) @name body: (_)? @body) @definition.class
(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(delegate_declaration name: (identifier) @name) @definition.type

(method_declaration name: (identifier) @name body: (_)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_)? @body) @definition.method
(local_function_statement name: (identifier) @name body: (_)? @body) @definition.function

((comment) @doc
  .
  [
    (class_declaration)
    (struct_declaration)
    (record_declaration)
    (interface_declaration)
    (enum_declaration)
    (delegate_declaration)
    (method_declaration)
    (constructor_declaration)
  ] @documented
  (#match? @doc "^///"))
