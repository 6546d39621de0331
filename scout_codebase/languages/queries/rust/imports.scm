; A module in a file of its own: its name, the word "mod", and what `path` attributes say.

(mod_item "mod" @name name: (identifier) @module !body) @import

((attribute_item (attribute (identifier) @_path value: (string_literal (string_content) @name)))
  . (attribute_item)*
  . (mod_item name: (identifier) @module !body) @import
  (#eq? @_path "path"))

((attribute_item
  (attribute (identifier) @_cfg arguments: (token_tree
    (identifier) @_path . "=" . (string_literal (string_content) @name))))
  . (attribute_item)*
  . (mod_item name: (identifier) @module !body) @import.conditional
  (#eq? @_cfg "cfg_attr")
  (#eq? @_path "path"))

; The same inside a macro such as cfg_if.
(token_tree "mod" @name @import.conditional . (identifier) @module . ";")

((token_tree
  "#"
  . (token_tree (identifier) @_path . "=" . (string_literal (string_content) @name))
  . "mod" @import.conditional . (identifier) @module . ";")
  (#eq? @_path "path"))

(mod_item name: (identifier) @name body: (_)) @within.module

; The whole tree of names is one name, for blanks count in it.

(use_declaration argument: (_) @module @name) @import
(use_declaration (visibility_modifier) argument: (_) @module @name) @import.reexport

(extern_crate_declaration name: (identifier) @module @name) @import

((macro_invocation
  macro: (identifier) @name
  (token_tree . (string_literal (string_content) @module) .)) @import
  (#any-of? @name "include" "include_bytes" "include_str"))

((attribute_item (attribute (identifier) @_cfg))
  . (attribute_item)*
  . [(use_declaration) (mod_item) (extern_crate_declaration) (function_item) (impl_item)] @within.conditional
  (#eq? @_cfg "cfg"))

; Paths that need no use. A scoped_identifier stands in the tree of a use, too.

([
  (call_expression function: (scoped_identifier) @module)
  (generic_function function: (scoped_identifier) @module)
  (macro_invocation macro: (scoped_identifier) @module)
  (attribute (scoped_identifier) @module)
  (arguments (scoped_identifier) @module)
  (reference_expression value: (scoped_identifier) @module)
  (binary_expression (scoped_identifier) @module)
  (let_declaration value: (scoped_identifier) @module)
  (field_initializer value: (scoped_identifier) @module)
  (assignment_expression right: (scoped_identifier) @module)
  (match_expression value: (scoped_identifier) @module)
  (match_arm value: (scoped_identifier) @module)
  (match_pattern (scoped_identifier) @module)
  (or_pattern (scoped_identifier) @module)
  (tuple_struct_pattern type: (scoped_identifier) @module)
  (return_expression (scoped_identifier) @module)
  (array_expression (scoped_identifier) @module)
  (tuple_expression (scoped_identifier) @module)
  (range_expression (scoped_identifier) @module)
  (field_expression value: (scoped_identifier) @module)
  (const_item value: (scoped_identifier) @module)
  (static_item value: (scoped_identifier) @module)
  (block (scoped_identifier) @module)
] @import.reference
  (#match? @module "^[a-z_][a-z0-9_]*::")
  (#not-match? @module "^(std|core|alloc)::"))

((scoped_type_identifier) @module @import.reference
  (#match? @module "^[a-z_][a-z0-9_]*::")
  (#not-match? @module "^(std|core|alloc)::"))

; The same inside a macro, where a path is no more than its tokens. What may follow says that the
; path ends; an anchor passes over tokens without a name.

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . [(token_tree) "," ";" "." "=>" "<" ">" "?" "|" "="]) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . ) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . [(token_tree) "," ";" "." "=>" "<" ">" "?" "|" "="]) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . ) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . [(token_tree) "," ";" "." "=>" "<" ">" "?" "|" "="]) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . ) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . [(token_tree) "," ";" "." "=>" "<" ">" "?" "|" "="]) @import.reference

(token_tree
  [(crate) (self) (super)] @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . "::" @module . (identifier) @module
  . ) @import.reference

; A use inside a macro.

(token_tree
  "use" @name @import.conditional . [(identifier) (crate) (self) (super)] @module
  . "::" @module . [(identifier) (token_tree) "*"] @module
  . ";")

(token_tree
  "use" @name @import.conditional . [(identifier) (crate) (self) (super)] @module
  . "::" @module . [(identifier) (super)] @module
  . "::" @module . [(identifier) (token_tree) "*"] @module
  . ";")

(token_tree
  "use" @name @import.conditional . [(identifier) (crate) (self) (super)] @module
  . "::" @module . [(identifier) (super)] @module
  . "::" @module . [(identifier) (super)] @module
  . "::" @module . [(identifier) (token_tree) "*"] @module
  . ";")

(token_tree
  "use" @name @import.conditional . [(identifier) (crate) (self) (super)] @module
  . "::" @module . [(identifier) (super)] @module
  . "::" @module . [(identifier) (super)] @module
  . "::" @module . [(identifier) (super)] @module
  . "::" @module . [(identifier) (token_tree) "*"] @module
  . ";")
