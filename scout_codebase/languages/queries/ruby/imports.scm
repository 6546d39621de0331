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

(method body: (_) @within.dynamic)
(singleton_method body: (_) @within.dynamic)
(begin (rescue)) @within.conditional
