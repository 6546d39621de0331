(source_file (function_item name: (identifier) @_name) @entry
  (#eq? @_name "main"))
