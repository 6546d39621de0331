; Private types are their file's own.

((class_declaration name: (type_identifier) @name) @declaration
  (#not-match? @declaration "^(@\\w+(\\([^)]*\\))?\\s+)*(file)?private\\s"))
((protocol_declaration name: (type_identifier) @name) @declaration
  (#not-match? @declaration "^(@\\w+(\\([^)]*\\))?\\s+)*(file)?private\\s"))
((typealias_declaration name: (type_identifier) @name) @declaration
  (#not-match? @declaration "^(@\\w+(\\([^)]*\\))?\\s+)*(file)?private\\s"))

; An extension declares what stands in it, not the type that it adds to.
(class_declaration declaration_kind: "extension" name: (user_type) @name body: (_) @body) @package
