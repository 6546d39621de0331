((subscript
  value: [(identifier) @_mapping (attribute attribute: (identifier) @_mapping)]
  subscript: (string . (string_start) . (string_content) @environment . (string_end)))
  (#eq? @_mapping "environ")
  (#match? @environment "^[A-Za-z_][A-Za-z0-9_]*$"))

((call
  function: (attribute
    object: [(identifier) @_mapping (attribute attribute: (identifier) @_mapping)]
    attribute: (identifier) @_method)
  arguments: (argument_list
    . (string . (string_start) . (string_content) @environment . (string_end))))
  (#eq? @_mapping "environ")
  (#any-of? @_method "get" "pop" "setdefault")
  (#match? @environment "^[A-Za-z_][A-Za-z0-9_]*$"))

((call
  function: [(identifier) @_function (attribute attribute: (identifier) @_function)]
  arguments: (argument_list
    . (string . (string_start) . (string_content) @environment . (string_end))))
  (#eq? @_function "getenv"))
