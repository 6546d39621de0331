((call
  function: [(identifier) @_function (attribute attribute: (identifier) @_function)]
  arguments: (argument_list) @option.dashed)
  (#any-of? @_function "add_argument" "add_option" "option" "Option"))
