(data_type name: (_) @name) @definition.type
(newtype name: (_) @name) @definition.type
(class name: (_) @name) @definition.class
(function name: (variable) @name) @definition.function
