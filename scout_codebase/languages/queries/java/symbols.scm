(class_declaration name: (identifier) @name body: (_) @body) @definition.class
(record_declaration name: (identifier) @name body: (_) @body) @definition.class
(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface
(annotation_type_declaration name: (identifier) @name body: (_) @body) @definition.interface
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum

(method_declaration name: (identifier) @name body: (_)? @body) @definition.method
(constructor_declaration name: (identifier) @name body: (_) @body) @definition.method
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @definition.method

((block_comment) @doc
  .
  [
    (class_declaration)
    (record_declaration)
    (interface_declaration)
    (annotation_type_declaration)
    (enum_declaration)
    (method_declaration)
    (constructor_declaration)
  ] @documented
  (#match? @doc "^/[*][*]"))
