; The names of a directive say what it is: "global", "*" for one of static members, or an alias.
(using_directive
  !name
  [(identifier) (qualified_name) (alias_qualified_name)] @module) @import

(using_directive
  "global" @name
  !name
  [(identifier) (qualified_name) (alias_qualified_name)] @module) @import

(using_directive
  "static" @name.star
  !name
  [(identifier) (qualified_name) (alias_qualified_name)] @module) @import

(using_directive
  name: (identifier) @name
  [(identifier) (qualified_name) (alias_qualified_name)] @module) @import
