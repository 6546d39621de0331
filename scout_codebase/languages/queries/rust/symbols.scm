(function_item name: (_) @name body: (_) @body) @definition.function
(function_signature_item name: (_) @name) @definition.function
(struct_item name: (_) @name) @definition.class
(union_item name: (_) @name) @definition.class
(enum_item name: (_) @name body: (_) @body) @definition.enum
(trait_item name: (_) @name body: (_) @body) @definition.interface
(impl_item type: (_) @name body: (_) @body) @definition.class
(type_item name: (_) @name) @definition.type
(macro_definition name: (_) @name) @definition.function
(const_item name: (_) @name) @definition.constant
(static_item name: (_) @name) @definition.constant

((line_comment outer: (_)) @doc
  . (attribute_item)*
  . [
    (function_item)
    (function_signature_item)
    (struct_item)
    (union_item)
    (enum_item)
    (trait_item)
    (type_item)
    (macro_definition)
    (const_item)
    (static_item)
  ] @documented)

((block_comment outer: (_)) @doc
  . (attribute_item)*
  . [(function_item) (struct_item) (enum_item) (trait_item) (type_item) (const_item)] @documented)
