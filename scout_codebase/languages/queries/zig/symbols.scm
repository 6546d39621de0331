(function_declaration name: (_) @name body: (_) @body) @definition.function

(variable_declaration
  (identifier) @name
  [(struct_declaration) (union_declaration) (opaque_declaration)]) @definition.class
(variable_declaration (identifier) @name (enum_declaration)) @definition.enum
(variable_declaration (identifier) @name (error_set_declaration)) @definition.enum
((variable_declaration "const" (identifier) @name [(integer) (string) (float)]) @definition.constant)

([(comment)] @doc
  .
  [(function_declaration) (variable_declaration)] @documented
  (#match? @doc "^///"))
