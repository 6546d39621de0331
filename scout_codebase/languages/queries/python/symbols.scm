(class_definition name: (identifier) @name body: (block) @body) @definition.class

(function_definition name: (identifier) @name body: (block) @body) @definition.function

((expression_statement
  (assignment left: (identifier) @name) @definition.constant)
  (#match? @name "^_?[A-Z][A-Z0-9_]*$"))

(class_definition
  body: (block . (expression_statement (string) @doc))) @documented

(function_definition
  body: (block . (expression_statement (string) @doc))) @documented
