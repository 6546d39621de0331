((element_reference object: (constant) @_mapping . (string . (string_content) @environment .))
  (#eq? @_mapping "ENV"))

((call receiver: (constant) @_mapping method: (identifier) @_method
  arguments: (argument_list . (string . (string_content) @environment .)))
  (#eq? @_mapping "ENV")
  (#any-of? @_method "fetch" "key?" "delete" "[]"))
