(import_statement "type" source: (string (string_fragment) @module)) @import.type

(export_statement "type" source: (string (string_fragment) @module)) @import.type

(import_statement
  (import_require_clause source: (string (string_fragment) @module))) @import

; A type written as import("./module").Name
((call_expression
  function: (import)
  arguments: (arguments . (string (string_fragment) @module))) @import.dynamic)
