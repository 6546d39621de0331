((call_expression . (identifier) @name
  (argument_list . (string_literal . (content) @module .) .)) @import
  (#eq? @name "include"))

; What transforms each expression, or the module to include into, stands before the path.
((call_expression
  . [(identifier) @name (field_expression value: (identifier) @_base (identifier) @name .)]
  (argument_list . (_) . (string_literal . (content) @module .) .)) @import
  (#eq? @name "include")
  (#eq? @_base "Base"))

; A path in parts, as it is written.
((call_expression . (identifier) @name
  (argument_list . (call_expression . (identifier) @_join) @module .)) @import
  (#eq? @name "include")
  (#eq? @_join "joinpath"))

([
  (using_statement [(identifier) (scoped_identifier) (import_path)] @module)
  (using_statement (selected_import . [(identifier) (scoped_identifier) (import_path)] @module))
  (import_statement [(identifier) (scoped_identifier) (import_path)] @module)
  (import_statement (selected_import . [(identifier) (scoped_identifier) (import_path)] @module))
  (import_statement (import_alias . [(identifier) (scoped_identifier) (import_path)] @module))
] @import)
