((call_expression
  function: [(identifier) @_function (scoped_identifier name: (identifier) @_function)]
  arguments: (arguments . (string_literal (string_content) @environment)))
  (#any-of? @_function "var" "var_os")
  (#match? @environment "^[A-Za-z_][A-Za-z0-9_]*$"))

((macro_invocation
  macro: (identifier) @_macro
  (token_tree . (string_literal (string_content) @environment)))
  (#any-of? @_macro "env" "option_env")
  (#match? @environment "^[A-Za-z_][A-Za-z0-9_]*$"))
