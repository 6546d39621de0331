(class_interface . (identifier) @name) @definition.class
(class_implementation . (identifier) @name) @definition.class
(protocol_declaration . (identifier) @name) @definition.interface
(method_definition (method_type) . (identifier) @name (compound_statement) @body) @definition.function

([(comment)] @doc
  .
  [(class_interface) (protocol_declaration)] @documented
  (#match? @doc "^/([*][*!]|/[/!])"))
