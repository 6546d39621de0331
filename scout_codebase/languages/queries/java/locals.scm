; A type parameter hides a type of the same name.
[
  (class_declaration)
  (interface_declaration)
  (record_declaration)
  (method_declaration)
  (constructor_declaration)
] @local.scope
(type_parameter (type_identifier) @local.definition)

; A nested type hides one of the same name within the body that it is declared in.
[
  (class_body)
  (interface_body)
  (enum_body)
  (annotation_type_body)
] @local.scope
(class_declaration name: (identifier) @name) @local.definition
(interface_declaration name: (identifier) @name) @local.definition
(enum_declaration name: (identifier) @name) @local.definition
(record_declaration name: (identifier) @name) @local.definition
(annotation_type_declaration name: (identifier) @name) @local.definition

; What is named after the type or package that it is taken from.
(scoped_type_identifier) @local.scope
(scoped_type_identifier (_) (type_identifier) @local.definition)
