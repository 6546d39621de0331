(import_statement (string_value (string_content) @module)) @import
(import_statement (call_expression (arguments [(plain_value) @module (string_value (string_content) @module)]))) @import
((call_expression (function_name) @_function
  (arguments [(plain_value) @module (string_value (string_content) @module)])) @import.reference
  (#eq? @_function "url"))
