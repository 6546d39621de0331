(import_statement source: (string (string_fragment) @module)) @import

(import_statement
  (import_clause (identifier) @name)
  source: (string (string_fragment) @module)) @import

(import_statement
  (import_clause (namespace_import) @name.star)
  source: (string (string_fragment) @module)) @import

(import_statement
  (import_clause (named_imports (import_specifier name: (_) @name)))
  source: (string (string_fragment) @module)) @import

(export_statement source: (string (string_fragment) @module)) @import.reexport

(export_statement
  (export_clause (export_specifier name: (_) @name))
  source: (string (string_fragment) @module)) @import.reexport

((call_expression
  function: (identifier) @_function
  arguments: (arguments . (string (string_fragment) @module))) @import
  (#eq? @_function "require"))

((call_expression
  function: (member_expression object: (identifier) @_object property: (_) @_property)
  arguments: (arguments . (string (string_fragment) @module))) @import.dynamic
  (#eq? @_object "require")
  (#eq? @_property "resolve"))

((call_expression
  function: (import)
  arguments: (arguments . [
    (string (string_fragment) @module)
    (template_string . (string_fragment) @module .)
  ])) @import.dynamic)

; A comment for a bundler before the specifier.
((call_expression
  function: [(identifier) (import)] @_function
  arguments: (arguments . (comment) . (string (string_fragment) @module))) @import.dynamic
  (#any-of? @_function "require" "import"))

(function_declaration body: (_) @within.dynamic)
(function_expression body: (_) @within.dynamic)
(arrow_function body: (_) @within.dynamic)
(method_definition body: (_) @within.dynamic)
(try_statement) @within.conditional
