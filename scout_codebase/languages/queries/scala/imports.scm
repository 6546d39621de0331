; The path of an import, with its dots; there may be several after one "import". A name that is given
; another stands with it.
(import_declaration
  ["import" ","] . [(identifier) (operator_identifier) "."]+ @module) @import

(import_declaration
  ["import" ","] . [(identifier) (operator_identifier) "."]+ @module
  . [(namespace_wildcard) @name.star (as_renamed_identifier) @name]) @import

(import_declaration
  ["import" ","] . [(identifier) (operator_identifier) "."]+ @module
  . (namespace_selectors [
    (identifier) @name
    (type_identifier) @name
    (arrow_renamed_identifier) @name
    (as_renamed_identifier) @name
    (namespace_wildcard) @name.star
  ])) @import
