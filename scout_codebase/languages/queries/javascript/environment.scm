((member_expression
  object: (member_expression object: (_) @_process property: (_) @_env)
  property: (property_identifier) @environment)
  (#match? @_process "^(process|import[.]meta|Deno|Bun)$")
  (#eq? @_env "env"))

((subscript_expression
  object: (member_expression object: (_) @_process property: (_) @_env)
  index: (string (string_fragment) @environment))
  (#match? @_process "^(process|import[.]meta|Deno|Bun)$")
  (#eq? @_env "env"))

((variable_declarator
  name: (object_pattern [
    (shorthand_property_identifier_pattern) @environment
    (pair_pattern key: (property_identifier) @environment)
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @environment)
  ])
  value: (member_expression) @_env)
  (#match? @_env "^(process|import[.]meta)[.]env$"))
