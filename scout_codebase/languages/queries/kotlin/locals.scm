; A type parameter hides a type of the same name.
[
  (class_declaration)
  (function_declaration)
  (property_declaration)
] @local.scope
(type_parameter (identifier) @local.definition)

; A nested type hides one of the same name within the body that it is declared in.
[
  (class_body)
  (enum_class_body)
] @local.scope
(class_declaration name: (identifier) @name) @local.definition
(object_declaration name: (identifier) @name) @local.definition
(enum_entry (identifier) @local.definition)

; A function that is declared within a body or another function is called before one beside it.
(function_declaration name: (identifier) @name) @local.definition

; Values that are called.
(block) @local.scope
(lambda_literal) @local.scope
(parameter . (identifier) @local.definition)
(class_parameter (identifier) @local.definition)
(lambda_parameters (variable_declaration (identifier) @local.definition))
(property_declaration (variable_declaration . (identifier) @name)) @local.definition

; What is named after the type or package that it is taken from.
(user_type (identifier) (identifier)) @local.scope
(user_type (identifier) . (identifier) @local.definition)
(import) @local.scope
(import (identifier) @local.definition)
(qualified_identifier) @local.scope
(qualified_identifier (identifier) @local.definition)
(navigation_expression) @local.scope
(navigation_expression (_) (identifier) @local.definition .)

; A call's named arguments are parameters.
(value_argument) @local.scope
(value_argument . (identifier) @local.definition "=")
