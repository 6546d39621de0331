; What an alias is called in the file is one more name; of alias A.{B, C} the module ends in a dot.
((call target: (identifier) @name (arguments . (alias) @module)) @import
  (#any-of? @name "alias" "import" "use" "require"))
((call target: (identifier) @_keyword (arguments . (alias) @module
  (keywords (pair key: (keyword) @_as value: (alias) @name)))) @import
  (#eq? @_keyword "alias")
  (#match? @_as "^as:"))
((call target: (identifier) @_keyword
  (arguments . (dot left: (alias) @module "." @module right: (tuple (alias) @name)))) @import
  (#any-of? @_keyword "alias" "import" "use" "require"))

(alias) @module @import.reference
