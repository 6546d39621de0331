; One match a name: statements with the same start and module are joined.

(import_statement
  name: [(dotted_name) @module (aliased_import name: (dotted_name) @module)]) @import

(import_from_statement
  module_name: (dotted_name) @module
  name: [(dotted_name) @name (aliased_import name: (dotted_name) @name)]) @import

(import_from_statement
  module_name: (relative_import (import_prefix) @level (dotted_name)? @module)
  name: [(dotted_name) @name (aliased_import name: (dotted_name) @name)]) @import

(import_from_statement
  module_name: (dotted_name) @module
  (wildcard_import) @name) @import

(import_from_statement
  module_name: (relative_import (import_prefix) @level (dotted_name)? @module)
  (wildcard_import) @name) @import

((call
  function: [
    (identifier) @_function
    (attribute object: (identifier) @_object attribute: (identifier) @_function)
  ]
  arguments: (argument_list . (string . (string_start) . (string_content) @module . (string_end)))) @import.dynamic
  (#any-of? @_function "import_module" "__import__"))

; What stands around an import decides its kind.

((if_statement
  condition: [
    (identifier) @_condition
    (attribute attribute: (identifier) @_condition)
  ]
  consequence: (block) @within.type)
  (#eq? @_condition "TYPE_CHECKING"))

(function_definition body: (block) @within.dynamic)

(try_statement) @within.conditional

((if_statement condition: (_) @_condition) @within.conditional
  (#match? @_condition "version_info|platform|os\\.name|PY2|PY3"))
