; use A\B, use A\B as C (with the whole clause as the name); use A\{B, C as D}: the module ends in
; a backslash, the names are the clauses. For functions, "function" is one more name.
(namespace_use_declaration
  (namespace_use_clause [(name) (qualified_name)] @module !alias) @import)
(namespace_use_declaration
  (namespace_use_clause [(name) (qualified_name)] @module alias: (_)) @name @import)
(namespace_use_declaration
  (namespace_use_clause type: "function" @name . [(name) (qualified_name)] @module) @import)

(namespace_use_declaration
  (namespace_name) @module . "\\" @module
  body: (namespace_use_group (namespace_use_clause) @name)) @import
(namespace_use_declaration
  type: "function" @name (namespace_name) @module . "\\" @module) @import

([
  (require_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)])
  (require_expression (parenthesized_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)]))
  (require_once_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)])
  (require_once_expression (parenthesized_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)]))
  (include_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)])
  (include_expression (parenthesized_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)]))
  (include_once_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)])
  (include_once_expression (parenthesized_expression [(string (string_content) @module) (encapsed_string . (string_content) @module .)]))
] @import)

; __DIR__ . '/x.php', wherever it is used: it need not be code.
((binary_expression left: (_) @_here @module "."
  right: [(string (string_content) @module) (encapsed_string . (string_content) @module .)]) @import.reference
  (#match? @_here "^(dirname[(]+)*(__DIR__|__FILE__|dirname[(]__FILE__[)])[ ,0-9()]*$"))

; Types that are used.
([
  (base_clause [(name) (qualified_name) (relative_name)] @module @import.reference)
  (class_interface_clause [(name) (qualified_name) (relative_name)] @module @import.reference)
  (use_declaration [(name) (qualified_name) (relative_name)] @module @import.reference)
  (named_type [(name) (qualified_name) (relative_name)] @module @import.reference)
  (attribute [(name) (qualified_name) (relative_name)] @module @import.reference)
  (object_creation_expression [(name) (qualified_name) (relative_name)] @module @import.reference)
  (scoped_call_expression
    scope: [(name) (qualified_name) (relative_name)] @module @import.reference)
  (scoped_property_access_expression
    scope: [(name) (qualified_name) (relative_name)] @module @import.reference)
  (class_constant_access_expression
    . [(name) (qualified_name) (relative_name)] @module @import.reference)
  (binary_expression "instanceof"
    right: [(name) (qualified_name) (relative_name)] @module @import.reference)
])

; Functions that are called, with their parenthesis, as they are declared.
(function_call_expression
  function: [(name) (qualified_name) (relative_name)] @module @import.reference
  arguments: (arguments . "(" @module))

(function_definition body: (_) @within.dynamic)
(method_declaration body: (_) @within.dynamic)
