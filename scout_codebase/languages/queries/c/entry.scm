((function_definition
  declarator: (function_declarator declarator: (identifier) @_name)) @entry
  (#any-of? @_name "main" "wmain" "WinMain" "wWinMain"))
