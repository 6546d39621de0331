((call_expression
  function: (selector_expression operand: (identifier) @_object field: (_) @_function)
  arguments: (argument_list
    . (interpreted_string_literal (interpreted_string_literal_content) @environment)))
  (#eq? @_object "os")
  (#any-of? @_function "Getenv" "LookupEnv" "Setenv" "Unsetenv"))
