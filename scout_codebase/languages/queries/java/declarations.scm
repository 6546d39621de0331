(package_declaration [(scoped_identifier) (identifier)] @name) @package

(class_declaration name: (identifier) @name) @declaration
(interface_declaration name: (identifier) @name) @declaration
(enum_declaration name: (identifier) @name) @declaration
(record_declaration name: (identifier) @name) @declaration
(annotation_type_declaration name: (identifier) @name) @declaration
