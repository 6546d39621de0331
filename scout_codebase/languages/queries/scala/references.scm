; Types, objects and constants of the packages around, or imported as a whole; functions.
(type_identifier) @module @import.reference
((identifier) @module @import.reference
  (#match? @module "^[A-Z]"))
(call_expression function: (identifier) @module @import.reference)

; With packages or objects before them.
(stable_type_identifier) @module @import.reference
((field_expression) @module @import.reference
  (#match? @module "^[a-z]\\w*(\\.[a-z]\\w*)*\\.[A-Z]\\w*$"))
