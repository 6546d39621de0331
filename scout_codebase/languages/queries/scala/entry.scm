((function_definition
  name: (identifier) @_name
  parameters: (parameters (parameter type: (generic_type)))) @entry
  (#eq? @_name "main"))

((object_definition
  extend: (extends_clause type: (type_identifier) @_app)) @entry
  (#any-of? @_app "App" "IOApp" "ZIOAppDefault"))

((function_definition (annotation name: (type_identifier) @_main)) @entry
  (#eq? @_main "main"))
