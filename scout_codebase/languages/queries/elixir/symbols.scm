((call target: (identifier) @_keyword (arguments . (alias) @name) (do_block) @body) @definition.class
  (#any-of? @_keyword "defmodule" "defprotocol"))
((call target: (identifier) @_keyword
  (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: (call target: (identifier) @name))
  ])) @definition.function
  (#any-of? @_keyword "def" "defp" "defmacro" "defmacrop"))
