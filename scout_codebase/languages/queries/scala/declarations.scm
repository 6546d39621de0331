(package_clause name: (_) @name !body) @package.inner
(package_clause name: (_) @name body: (_) @body) @package

; The members of a package object are the package's own.
(package_object name: (identifier) @name body: (_) @body) @package
(package_object body: (template_body (function_definition name: (identifier) @name) @declaration))
(package_object body: (template_body (val_definition pattern: (identifier) @name) @declaration))

(class_definition name: (identifier) @name) @declaration
(trait_definition name: (identifier) @name) @declaration
(object_definition name: (identifier) @name) @declaration
(enum_definition name: (identifier) @name) @declaration
(type_definition name: (type_identifier) @name) @declaration
(given_definition name: (identifier) @name) @declaration
(compilation_unit (function_definition name: (identifier) @name) @declaration)
(compilation_unit (val_definition pattern: (identifier) @name) @declaration)
(compilation_unit
  (extension_definition body: (function_definition name: (identifier) @name) @declaration))
