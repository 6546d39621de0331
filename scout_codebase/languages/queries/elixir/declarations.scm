((call target: (identifier) @_keyword (arguments . (alias) @name)) @declaration
  (#any-of? @_keyword "defmodule" "defprotocol"))
