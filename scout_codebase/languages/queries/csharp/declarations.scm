(namespace_declaration name: (_) @name body: (_) @body) @package
(file_scoped_namespace_declaration name: (_) @name) @package

(class_declaration name: (identifier) @name) @declaration
(struct_declaration name: (identifier) @name) @declaration
(interface_declaration name: (identifier) @name) @declaration
(enum_declaration name: (identifier) @name) @declaration
(record_declaration name: (identifier) @name) @declaration
(delegate_declaration name: (identifier) @name) @declaration

; A method; with the parenthesis behind its name, one that extends another type.
(method_declaration name: (identifier) @name) @declaration
((method_declaration
  name: (identifier) @name
  parameters: (parameter_list "(" @name . (parameter . (modifier) @_this))) @declaration
  (#eq? @_this "this"))
