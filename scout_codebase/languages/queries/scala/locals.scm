[
  (class_definition)
  (trait_definition)
  (object_definition)
  (enum_definition)
  (type_definition)
  (function_definition)
  (function_declaration)
  (given_definition)
  (extension_definition)
  (lambda_expression)
  (template_body)
  (enum_body)
  (block)
] @local.scope

; A type parameter hides a type of the same name.
(type_parameters name: (identifier) @local.definition)

; What is declared within a body hides what has the same name outside.
(class_definition name: (identifier) @name) @local.definition
(trait_definition name: (identifier) @name) @local.definition
(object_definition name: (identifier) @name) @local.definition
(enum_definition name: (identifier) @name) @local.definition
(type_definition name: (type_identifier) @name) @local.definition
(function_definition name: (identifier) @name) @local.definition
(function_declaration name: (identifier) @name) @local.definition
(val_definition pattern: (identifier) @name) @local.definition
(val_declaration name: (identifier) @name) @local.definition
(var_definition pattern: (identifier) @name) @local.definition
(parameter name: (identifier) @local.definition)
(class_parameter name: (identifier) @local.definition)
(simple_enum_case name: (identifier) @local.definition)
(full_enum_case name: (identifier) @local.definition)

; The names of an import and of a package, and what is named after what it is taken from.
(import_declaration) @local.scope
(import_declaration (identifier) @local.definition)
(namespace_selectors [(identifier) (type_identifier)] @local.definition)
(arrow_renamed_identifier (identifier) @local.definition)
(as_renamed_identifier (identifier) @local.definition)
(package_identifier) @local.scope
(package_identifier (identifier) @local.definition)
(stable_type_identifier) @local.scope
(stable_type_identifier (type_identifier) @local.definition)
(field_expression) @local.scope
(field_expression field: (identifier) @local.definition)
