; Types of the namespaces that a file is in or uses.
(_ type: (identifier) @module @import.reference)
(_ returns: (identifier) @module @import.reference)
(base_list (identifier) @module @import.reference)
(type_argument_list (identifier) @module @import.reference)
(generic_name . (identifier) @module @import.reference)
(attribute name: (identifier) @module @import.reference)
(is_expression right: (identifier) @module @import.reference)
(as_expression right: (identifier) @module @import.reference)
(constant_pattern (identifier) @module @import.reference)
(explicit_interface_specifier (identifier) @module @import.reference)

((member_access_expression expression: (identifier) @module @import.reference)
  (#match? @module "^[A-Z]"))

((invocation_expression
  function: (identifier) @_function
  arguments: (argument_list (argument (identifier) @module @import.reference)))
  (#eq? @_function "nameof")
  (#match? @module "^[A-Z]"))

; With namespaces or types before them.
(qualified_name) @module @import.reference
((member_access_expression) @module @import.reference
  (#match? @module "^(global::)?[A-Z]\\w*([.][A-Z]\\w*)+$"))

; A call on a value, with its parenthesis: of a method of its type, or of one that extends it. What
; a single capitalised name stands before is taken for a call on a type.
((invocation_expression
  function: (member_access_expression
    expression: (_) @_receiver
    name: [(identifier) @module (generic_name . (identifier) @module)])
  arguments: (argument_list "(" @module)) @import.reference
  (#not-match? @_receiver "^[A-Z]\\w*$"))
(invocation_expression
  function: (conditional_access_expression
    (member_binding_expression name: [(identifier) @module (generic_name . (identifier) @module)]))
  arguments: (argument_list "(" @module)) @import.reference
