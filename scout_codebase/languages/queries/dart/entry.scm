((program (function_signature name: (identifier) @_name) @entry)
  (#eq? @_name "main"))
