((source_file
  (package_clause (package_identifier) @_package)
  (function_declaration name: (identifier) @_name) @entry)
  (#eq? @_package "main")
  (#eq? @_name "main"))
