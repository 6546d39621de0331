(package_header (qualified_identifier) @name) @package

; What is private is known in its own file only.
((class_declaration name: (identifier) @name) @declaration
  (#not-match? @declaration "^(@\\S+\\s+)*private\\b"))
((object_declaration name: (identifier) @name) @declaration
  (#not-match? @declaration "^(@\\S+\\s+)*private\\b"))
((type_alias type: (identifier) @name) @declaration
  (#not-match? @declaration "^(@\\S+\\s+)*private\\b"))
((function_declaration name: (identifier) @name) @declaration
  (#not-match? @declaration "^(@\\S+\\s+)*private\\b"))
((source_file
  (property_declaration (variable_declaration . (identifier) @name)) @declaration)
  (#not-match? @declaration "^(@\\S+\\s+)*private\\b"))

; With the parenthesis behind its name, a function that extends another type.
((source_file
  (function_declaration
    [(user_type) (nullable_type) (parenthesized_type)]
    "."
    name: (identifier) @name
    (function_value_parameters "(" @name)) @declaration)
  (#not-match? @declaration "^(@\\S+\\s+)*private\\b"))

; The class that Java sees the functions of the file in.
((file_annotation
  (constructor_invocation
    (user_type (identifier) @_annotation)
    (value_arguments (value_argument (string_literal (string_content) @name))))) @declaration
  (#eq? @_annotation "JvmName"))
