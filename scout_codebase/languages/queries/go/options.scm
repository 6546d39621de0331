((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list) @option.positions)
  (#match? @name "^(Bool|Count|Duration|Float32|Float64|Int|Int32|Int64|String|StringArray|StringSlice|Uint|Uint64)(Var)?P?$")
  (#match? @option.positions "^[(]([^,\"`]*,)?[ \t\n]*[\"`]"))
