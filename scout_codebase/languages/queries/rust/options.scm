((attribute_item
  (attribute (identifier) @_name arguments: (token_tree) @option.attribute))
  . [(attribute_item) (line_comment)]*
  . (field_declaration name: (_) @name)
  (#any-of? @_name "arg" "clap" "structopt"))
