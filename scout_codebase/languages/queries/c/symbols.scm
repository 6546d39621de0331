(function_definition
  declarator: (function_declarator declarator: (identifier) @name)
  body: (_) @body) @definition.function

(function_definition
  declarator: (pointer_declarator
    declarator: [
      (function_declarator declarator: (identifier) @name)
      (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
    ])
  body: (_) @body) @definition.function

; What a header declares, where it is documented.
((comment) @_comment
  .
  (declaration
    declarator: [
      (function_declarator declarator: (identifier) @name)
      (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
    ]) @definition.function
  (#match? @_comment "^/([*][*!]|/[/!])"))

(struct_specifier name: (type_identifier) @name body: (_) @body) @definition.class
(union_specifier name: (type_identifier) @name body: (_) @body) @definition.class
(enum_specifier name: (type_identifier) @name body: (_) @body) @definition.enum

(type_definition
  type: (struct_specifier !name body: (_) @body)
  declarator: (type_identifier) @name) @definition.class
(type_definition
  type: (union_specifier !name body: (_) @body)
  declarator: (type_identifier) @name) @definition.class
(type_definition
  type: (enum_specifier !name body: (_) @body)
  declarator: (type_identifier) @name) @definition.enum
(type_definition
  declarator: [
    (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))
    (pointer_declarator declarator: (type_identifier) @name)
  ]) @definition.type

(preproc_function_def name: (identifier) @name value: (_) @body) @definition.function

(preproc_def name: (identifier) @name value: (_)) @definition.constant

((comment) @doc
  .
  [
    (function_definition)
    (declaration)
    (struct_specifier)
    (union_specifier)
    (enum_specifier)
    (type_definition)
    (preproc_def)
    (preproc_function_def)
  ] @documented
  (#match? @doc "^/([*][*!]|/[/!])"))
