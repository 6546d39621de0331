((call_expression
  function: [(identifier) @_function (_ (identifier) @_function .)]
  arguments: (argument_list . (string_literal (string_content) @environment)))
  (#any-of? @_function "getenv" "secure_getenv")
  (#match? @environment "^[A-Za-z_][A-Za-z0-9_]*$"))
