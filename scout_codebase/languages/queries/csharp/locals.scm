; A type parameter hides a type of the same name.
[
  (class_declaration)
  (struct_declaration)
  (interface_declaration)
  (record_declaration)
  (delegate_declaration)
  (method_declaration)
  (local_function_statement)
] @local.scope
(type_parameter name: (identifier) @local.definition)

; A nested type hides one of the same name within the body that it is declared in.
(class_declaration body: (declaration_list) @local.scope)
(struct_declaration body: (declaration_list) @local.scope)
(interface_declaration body: (declaration_list) @local.scope)
(record_declaration body: (declaration_list) @local.scope)
(class_declaration name: (identifier) @name) @local.definition
(struct_declaration name: (identifier) @name) @local.definition
(interface_declaration name: (identifier) @name) @local.definition
(enum_declaration name: (identifier) @name) @local.definition
(record_declaration name: (identifier) @name) @local.definition
(delegate_declaration name: (identifier) @name) @local.definition

; The name of a generic method.
(member_access_expression name: (generic_name) @local.scope)
(member_access_expression name: (generic_name . (identifier) @local.definition))
(invocation_expression function: (generic_name) @local.scope)
(invocation_expression function: (generic_name . (identifier) @local.definition))
(qualified_name name: (generic_name) @local.scope)
(qualified_name name: (generic_name . (identifier) @local.definition))
(member_binding_expression name: (generic_name) @local.scope)
(member_binding_expression name: (generic_name . (identifier) @local.definition))
