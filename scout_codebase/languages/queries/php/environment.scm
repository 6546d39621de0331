((function_call_expression function: (name) @_function
  arguments: (arguments . (argument (string (string_content) @environment))))
  (#any-of? @_function "getenv" "env"))

((subscript_expression (variable_name) @_mapping . (string (string_content) @environment))
  (#eq? @_mapping "$_ENV"))
