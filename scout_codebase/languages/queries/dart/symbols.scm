(class_definition name: (identifier) @name body: (_) @body) @definition.class
(program (function_signature name: (identifier) @name) @definition.function)
(method_signature (function_signature name: (identifier) @name)) @definition.function
(enum_declaration name: (identifier) @name) @definition.enum
