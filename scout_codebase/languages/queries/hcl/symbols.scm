((block (identifier) @_kind . (string_lit (template_literal) @name) . (block_start)) @definition.constant
  (#any-of? @_kind "variable" "output" "module" "provider"))
((block (identifier) @_kind . (string_lit) . (string_lit (template_literal) @name)) @definition.constant
  (#any-of? @_kind "resource" "data"))
