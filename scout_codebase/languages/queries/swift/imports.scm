(import_declaration (identifier) @module) @import

; Every use of a type: written as one, or as the beginning of an expression.

(user_type) @module @import.reference

((simple_identifier) @module @import.reference
  (#match? @module "^[A-Z]"))

((navigation_expression) @module @import.reference
  (#match? @module "^[A-Z]\\w*(\\.[A-Z]\\w*)+$"))
