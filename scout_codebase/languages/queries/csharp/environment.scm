((invocation_expression
  function: (member_access_expression name: (identifier) @_method)
  arguments: (argument_list . (argument (string_literal (string_literal_content) @environment))))
  (#eq? @_method "GetEnvironmentVariable"))
