(class name: (_) @name body: (_) @body) @definition.class
(module name: (_) @name body: (_) @body) @definition.class
(method name: (_) @name body: (_) @body) @definition.function
(singleton_method name: (_) @name body: (_) @body) @definition.function
(method name: (_) @name !body) @definition.function
(class name: (_) @name !body) @definition.class

((program (assignment left: (constant) @name) @definition.constant))

((comment) @doc . [(class) (module) (method) (singleton_method)] @documented)
