(import_statement "type" source: (string (string_fragment) @module)) @import.type

(export_statement "type" source: (string (string_fragment) @module)) @import.type

(import_statement
  (import_require_clause source: (string (string_fragment) @module))) @import

; A type written as import("./module").Name
(type_annotation) @within.type
(type_alias_declaration) @within.type
(type_arguments) @within.type
(interface_declaration) @within.type

; /// <reference path="./module.d.ts" />
((comment) @module @import.type
  (#match? @module "^///\\s*<reference\\s+(path|types)\\s*="))
