((call_expression
  function: (member_expression property: (property_identifier) @_function)
  arguments: (arguments . (string)) @option.described)
  (#any-of? @_function "option" "requiredOption" "options"))
