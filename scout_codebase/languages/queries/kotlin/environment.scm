((call_expression
  (navigation_expression (identifier) @_object (identifier) @_method)
  (value_arguments . (value_argument (string_literal (string_content) @environment))))
  (#eq? @_object "System")
  (#eq? @_method "getenv"))
