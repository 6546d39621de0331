(package_clause (package_identifier) @name) @package

(source_file (function_declaration name: (identifier) @name @declaration))
(source_file (type_declaration (type_spec name: (type_identifier) @name @declaration)))
(source_file (type_declaration (type_alias name: (type_identifier) @name @declaration)))
(source_file (const_declaration (const_spec name: (identifier) @name @declaration)))
(source_file (var_declaration (var_spec name: (identifier) @name @declaration)))
(source_file
  (var_declaration (var_spec_list (var_spec name: (identifier) @name @declaration))))
