; Types, objects and constants of the same package, or of packages imported as a whole.
((identifier) @module @import.reference
  (#match? @module "^[A-Z]"))

; Functions.
(call_expression . (identifier) @module @import.reference)
(callable_reference . (identifier) @module @import.reference .)

; With their package before them.
((user_type . (identifier) . (identifier)) @module @import.reference
  (#match? @module "^[a-z]\\w*(\\.[a-z]\\w*)*\\.[A-Z]"))
((navigation_expression) @module @import.reference
  (#match? @module "^[a-z]\\w*(\\.[a-z]\\w*)*\\.[A-Z]\\w*$"))

; A call on a value, with its parenthesis: of a member of its type, or of what extends it.
(call_expression
  (navigation_expression (_) (identifier) @module .)
  (value_arguments "(" @module)) @import.reference

; Properties, if the name has several words: a single one is too often a member's.
((identifier) @module @import.reference
  (#match? @module "^[a-z]+[a-z0-9]*[A-Z]"))
