; Types of the same package, of packages imported as a whole, or with their package before them.
(type_identifier) @module @import.reference
(scoped_type_identifier) @module @import.reference
(annotation name: (_) @module) @import.reference
(marker_annotation name: (_) @module) @import.reference

((method_invocation object: (identifier) @module) @import.reference
  (#match? @module "^[A-Z]"))
((field_access object: (identifier) @module) @import.reference
  (#match? @module "^[A-Z]"))
((method_reference . (identifier) @module) @import.reference
  (#match? @module "^[A-Z]"))
((field_access) @module @import.reference
  (#match? @module "^[a-z]\\w*(\\.[a-z]\\w*)*\\.[A-Z]\\w*$"))
