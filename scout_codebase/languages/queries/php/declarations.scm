(namespace_definition name: (namespace_name) @name !body) @package
(namespace_definition name: (namespace_name) @name body: (_) @body) @package

(class_declaration name: (name) @name) @declaration
(interface_declaration name: (name) @name) @declaration
(trait_declaration name: (name) @name) @declaration
(enum_declaration name: (name) @name) @declaration

; A function bears its parenthesis, so as not to answer for a class of its name.
(function_definition name: (name) @name parameters: (formal_parameters . "(" @name)) @declaration
