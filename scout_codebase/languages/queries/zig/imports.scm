((builtin_function
  (builtin_identifier) @name
  (arguments . (string (string_content) @module))) @import
  (#any-of? @name "@import" "@embedFile" "@cInclude"))

(test_declaration) @within.conditional
