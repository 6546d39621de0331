((method_declaration
  type: (void_type)
  name: (identifier) @_name
  parameters: (formal_parameters [(formal_parameter type: (array_type)) (spread_parameter)])) @entry
  (#eq? @_name "main")
  (#match? @entry "^[^(]*\\bstatic\\b"))
