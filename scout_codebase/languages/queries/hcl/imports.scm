((block (identifier) @_kind (body (attribute (identifier) @_name
  (expression (literal_value (string_lit (template_literal) @module)))))) @import
  (#eq? @_kind "module")
  (#eq? @_name "source"))

((function_call (identifier) @_function
  (function_arguments . (expression) @module)) @import.reference
  (#any-of? @_function "file" "filebase64" "filemd5" "filesha256" "fileset" "templatefile")
  (#match? @module "^\"[^\"]*\"$"))
