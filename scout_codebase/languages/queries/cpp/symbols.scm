(class_specifier name: (_) @name body: (_) @body) @definition.class

; class EXPORT_MACRO Name { ... } reads as a function that returns a class.
(function_definition
  type: [(class_specifier !body) (struct_specifier !body)]
  declarator: (identifier) @name
  body: (_) @body) @definition.class

(struct_specifier
  name: [(template_type) (qualified_identifier)] @name
  body: (_) @body) @definition.class

(function_definition
  declarator: (function_declarator
    declarator: [
      (field_identifier)
      (qualified_identifier)
      (destructor_name)
      (operator_name)
    ] @name)
  body: (_) @body) @definition.function

(function_definition
  declarator: [
    (reference_declarator (function_declarator
      declarator: [(identifier) (field_identifier) (qualified_identifier) (operator_name)] @name))
    (pointer_declarator (function_declarator
      declarator: [(field_identifier) (qualified_identifier) (operator_name)] @name))
  ]
  body: (_) @body) @definition.function

(alias_declaration name: (type_identifier) @name) @definition.type

(concept_definition name: (identifier) @name) @definition.type

((declaration
  (type_qualifier) @_constexpr
  declarator: (init_declarator declarator: (identifier) @name)) @definition.constant
  (#any-of? @_constexpr "const" "constexpr" "constinit"))

((comment) @doc
  .
  [
    (class_specifier)
    (template_declaration)
    (alias_declaration)
    (field_declaration)
  ] @documented
  (#match? @doc "^/([*][*!]|/[/!])"))
