((jsx_attribute (property_identifier) @name) @place.html
  (#any-of? @name "dangerouslySetInnerHTML"))

((jsx_attribute
  (property_identifier) @name
  (jsx_expression (_) @computed)) @place.redirect
  (#any-of? @name "href" "src" "action" "formAction")
  (#match? @computed "(?i)(query|params|search|input|user|redirect|next|return)"))
