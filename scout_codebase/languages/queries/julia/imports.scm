((call_expression . (identifier) @name (argument_list . (string_literal (content) @module) .)) @import
  (#eq? @name "include"))
(using_statement [(identifier) (scoped_identifier)] @module) @import
(import_statement [(identifier) (scoped_identifier)] @module) @import
(selected_import . [(identifier) (scoped_identifier)] @module) @import
