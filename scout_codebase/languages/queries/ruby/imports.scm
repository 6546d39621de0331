; The name that is taken is the method that loads: it says where the path is looked up.

((call !receiver method: (identifier) @name
  arguments: (argument_list . (string . (string_content) @module .) .)) @import
  (#any-of? @name "require" "require_relative" "load"))

((call !receiver method: (identifier) @name
  arguments: (argument_list . (simple_symbol) . (string . (string_content) @module .))) @import.dynamic
  (#eq? @name "autoload"))

((call !receiver method: (identifier) @_method
  arguments: (argument_list . (call method: (identifier) @name
    arguments: (argument_list . (string . (string_content) @module .) . (_) @_here .)) .)) @import
  (#any-of? @_method "require" "load")
  (#eq? @name "expand_path")
  (#match? @_here "^(__FILE__|__dir__|File[.]dirname[(]__FILE__[)])$"))

; With the folder of this file in front.
((call !receiver method: (identifier) @_method
  arguments: (argument_list . (call method: (identifier) @_join
    arguments: (argument_list . (_) @name . (string . (string_content) @module .) .)) .)) @import
  (#any-of? @_method "require" "load")
  (#eq? @_join "join")
  (#match? @name "^(__dir__|File[.]dirname[(]__FILE__[)])$"))

; With the folder of the Rails application in front.
((call !receiver method: (identifier) @_method
  arguments: (argument_list . (call
    receiver: (call receiver: (constant) @name method: (identifier) @_root)
    method: (identifier) @_join
    arguments: (argument_list . (string . (string_content) @module .) .)) .)) @import
  (#any-of? @_method "require" "load")
  (#eq? @name "Rails")
  (#eq? @_root "root")
  (#eq? @_join "join"))

((call !receiver method: (identifier) @_method
  arguments: (argument_list . (call
    receiver: (call
      receiver: (call receiver: (constant) @name method: (identifier) @_root)
      method: (identifier) @_join
      arguments: (argument_list . (string . (string_content) @module .) .))
    method: (identifier) @_text) .)) @import
  (#any-of? @_method "require" "load")
  (#eq? @name "Rails")
  (#eq? @_root "root")
  (#eq? @_join "join")
  (#any-of? @_text "to_s" "to_path"))

; A path that begins with the folder of this file, wherever it is used.
((string
  . (interpolation (identifier) @_here @module) . (string_content) @module .) @import.reference
  (#eq? @_here "__dir__"))

(method body: (_) @within.dynamic)
(singleton_method body: (_) @within.dynamic)
(begin (rescue)) @within.conditional

; Constants that are used, not those that are defined: what autoloading goes by.

([
  (argument_list [(constant) (scope_resolution)] @module @import.reference)
  (array [(constant) (scope_resolution)] @module @import.reference)
  (begin [(constant) (scope_resolution)] @module @import.reference)
  (binary [(constant) (scope_resolution)] @module @import.reference)
  (block_body [(constant) (scope_resolution)] @module @import.reference)
  (body_statement [(constant) (scope_resolution)] @module @import.reference)
  (call [(constant) (scope_resolution)] @module @import.reference)
  (case [(constant) (scope_resolution)] @module @import.reference)
  (conditional [(constant) (scope_resolution)] @module @import.reference)
  (element_reference [(constant) (scope_resolution)] @module @import.reference)
  (else [(constant) (scope_resolution)] @module @import.reference)
  (ensure [(constant) (scope_resolution)] @module @import.reference)
  (exceptions [(constant) (scope_resolution)] @module @import.reference)
  (if_modifier [(constant) (scope_resolution)] @module @import.reference)
  (in [(constant) (scope_resolution)] @module @import.reference)
  (interpolation [(constant) (scope_resolution)] @module @import.reference)
  (left_assignment_list [(constant) (scope_resolution)] @module @import.reference)
  (optional_parameter [(constant) (scope_resolution)] @module @import.reference)
  (keyword_parameter [(constant) (scope_resolution)] @module @import.reference)
  (operator_assignment [(constant) (scope_resolution)] @module @import.reference)
  (pair [(constant) (scope_resolution)] @module @import.reference)
  (parenthesized_statements [(constant) (scope_resolution)] @module @import.reference)
  (pattern [(constant) (scope_resolution)] @module @import.reference)
  (program [(constant) (scope_resolution)] @module @import.reference)
  (range [(constant) (scope_resolution)] @module @import.reference)
  (rescue_modifier [(constant) (scope_resolution)] @module @import.reference)
  (right_assignment_list [(constant) (scope_resolution)] @module @import.reference)
  (singleton_class [(constant) (scope_resolution)] @module @import.reference)
  (splat_argument [(constant) (scope_resolution)] @module @import.reference)
  (superclass [(constant) (scope_resolution)] @module @import.reference)
  (then [(constant) (scope_resolution)] @module @import.reference)
  (unary [(constant) (scope_resolution)] @module @import.reference)
  (unless_modifier [(constant) (scope_resolution)] @module @import.reference)
  (while_modifier [(constant) (scope_resolution)] @module @import.reference)
])

(assignment right: [(constant) (scope_resolution)] @module @import.reference)
(method body: [(constant) (scope_resolution)] @module @import.reference)
