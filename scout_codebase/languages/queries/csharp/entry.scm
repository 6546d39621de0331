((method_declaration name: (identifier) @_name) @entry
  (#eq? @_name "Main")
  (#match? @entry "^[^(]*\\bstatic\\b"))

(compilation_unit . (global_statement) @entry)
(compilation_unit (using_directive) . (global_statement) @entry)
