((function_call name: (identifier) @name
  arguments: (arguments . (string content: (string_content) @module) .)) @import
  (#any-of? @name "require" "dofile" "loadfile"))
((function_call name: (identifier) @_function
  arguments: (arguments . (identifier) @name . (string content: (string_content) @module))) @import.conditional
  (#eq? @_function "pcall")
  (#eq? @name "require"))
(function_declaration body: (_) @within.dynamic)
(function_definition body: (_) @within.dynamic)
