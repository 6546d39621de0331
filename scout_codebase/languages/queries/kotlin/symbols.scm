(class_declaration "class" name: (identifier) @name [(class_body) (enum_class_body)]? @body) @definition.class
(class_declaration "interface" name: (identifier) @name (class_body)? @body) @definition.interface
(object_declaration name: (identifier) @name (class_body)? @body) @definition.class
(type_alias type: (identifier) @name) @definition.type
(function_declaration name: (identifier) @name (function_body)? @body) @definition.function

((property_declaration
  (modifiers (property_modifier) @_modifier)
  (variable_declaration (identifier) @name)) @definition.constant
  (#eq? @_modifier "const"))

((block_comment) @doc
  .
  [(class_declaration) (object_declaration) (type_alias) (function_declaration)] @documented
  (#match? @doc "^/[*][*]"))

(function_declaration (function_body) @within.dynamic)
