((annotation
  name: (_) @_name
  arguments: (annotation_argument_list) @option.dashed)
  (#match? @_name "(^|[.])(Option|Parameter)$"))
