; The path of an import, with its dots; there may be several after one "import".
(import_declaration
  ["import" ","] . [(identifier) (operator_identifier) "."]+ @module) @import

(import_declaration
  ["import" ","] . [(identifier) (operator_identifier) "."]+ @module
  . (namespace_wildcard) @name.star) @import

(import_declaration
  ["import" ","] . [(identifier) (operator_identifier) "."]+ @module
  . (namespace_selectors [
    (identifier) @name
    (type_identifier) @name
    (arrow_renamed_identifier name: (identifier) @name alias: (identifier))
    (as_renamed_identifier name: (identifier) @name)
    (namespace_wildcard) @name.star
  ])) @import
