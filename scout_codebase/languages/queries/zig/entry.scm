(source_file (function_declaration name: (identifier) @_name) @entry
  (#eq? @_name "main"))
