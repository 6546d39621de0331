((class_declaration (modifiers (attribute (user_type) @_name)) name: (_) @entry)
  (#eq? @_name "main"))
