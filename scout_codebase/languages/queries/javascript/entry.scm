; A server that starts to listen, and the guard of a script that can also be imported.
((call_expression
  function: (member_expression object: (_) @_object property: (property_identifier) @_method)) @entry
  (#match? @_object "^(app|server|httpServer|httpsServer|fastify|http[.]createServer.*)$")
  (#eq? @_method "listen"))

((binary_expression
  left: (member_expression) @_left
  right: (identifier) @_right) @entry
  (#eq? @_left "require.main")
  (#eq? @_right "module"))
