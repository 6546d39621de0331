; Types, objects and constants of the same package, or of packages imported as a whole; properties,
; if the name has several words: a single one is too often a member's.
((identifier) @module @import.reference
  (#match? @module "^[a-z0-9]*[A-Z]"))

; Functions.
(call_expression . (identifier) @module @import.reference)
(callable_reference . (identifier) @module @import.reference .)

; With their package before them.
(user_type . (identifier) . (identifier)) @module @import.reference
((navigation_expression (_) (identifier) @_name .) @module @import.reference
  (#match? @_name "^[A-Z]"))

; A call on a value, with its parenthesis: of a member of its type, or of what extends it.
(call_expression
  (navigation_expression (_) (identifier) @module .)
  (value_arguments "(" @module)) @import.reference
