(class_declaration name: (_) @name body: (_) @body) @definition.class

(function_declaration name: (_) @name body: (_) @body) @definition.function

(generator_function_declaration name: (_) @name body: (_) @body) @definition.function

(method_definition name: (_) @name body: (_) @body) @definition.function

(variable_declarator
  name: (identifier) @name
  value: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.function

(variable_declarator
  name: (identifier) @name
  value: (class body: (_) @body)) @definition.class

(assignment_expression
  left: (member_expression) @name
  right: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.function

((lexical_declaration (variable_declarator name: (identifier) @name) @definition.constant)
  (#match? @name "^[A-Z][A-Z0-9_]*$"))

((comment) @doc
  .
  [
    (class_declaration)
    (function_declaration)
    (generator_function_declaration)
    (method_definition)
    (lexical_declaration)
    (variable_declaration)
    (export_statement)
    (expression_statement)
  ] @documented
  (#match? @doc "^/[*][*]"))
