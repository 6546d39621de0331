[
  (function_declaration)
  (method_declaration)
  (func_literal)
  (function_type)
  (method_elem)
  (block)
  (if_statement)
  (for_statement)
  (expression_switch_statement)
  (type_switch_statement)
  (expression_case)
  (default_case)
  (type_case)
  (communication_case)
] @local.scope

(parameter_declaration name: (identifier) @local.definition)
(variadic_parameter_declaration name: (identifier) @local.definition)
(short_var_declaration left: (expression_list (identifier) @local.definition))
(range_clause left: (expression_list (identifier) @local.definition))
(receive_statement left: (expression_list (identifier) @local.definition))
(type_switch_statement alias: (expression_list (identifier) @local.definition))
(var_spec name: (identifier) @local.definition)
(const_spec name: (identifier) @local.definition)

(type_declaration (type_spec name: (type_identifier) @local.definition))
(type_declaration (type_alias name: (type_identifier) @local.definition))

; A type parameter is known in its declaration only.
(type_declaration (type_spec type_parameters: (_)) @local.scope)
(type_parameter_declaration name: (identifier) @local.definition)

; The keys of a literal of a named type are the names of its fields. Those of an array or a map are
; constants, and of an inner literal without a type nothing tells which of both they are.
(composite_literal
  type: [(type_identifier) (qualified_type) (generic_type) (struct_type)]
  body: (literal_value (keyed_element . (literal_element) @local.scope)))
(composite_literal
  type: [(type_identifier) (qualified_type) (generic_type) (struct_type)]
  body: (literal_value (keyed_element . (literal_element (identifier) @local.definition))))
(literal_element
  (literal_value (keyed_element . (literal_element) @local.scope)))
(literal_element
  (literal_value (keyed_element . (literal_element (identifier) @local.definition))))

; What is named after the package that it is taken from.
(qualified_type) @local.scope
(qualified_type name: (type_identifier) @local.definition)
