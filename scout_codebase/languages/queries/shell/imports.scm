((command name: (command_name (word) @_command) . argument: (_) @module) @import
  (#any-of? @_command "source" "."))
(function_definition body: (_) @within.dynamic)
(if_statement) @within.conditional
