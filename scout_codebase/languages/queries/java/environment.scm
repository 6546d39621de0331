((method_invocation
  object: (identifier) @_object
  name: (identifier) @_method
  arguments: (argument_list . (string_literal (string_fragment) @environment)))
  (#eq? @_object "System")
  (#eq? @_method "getenv"))
