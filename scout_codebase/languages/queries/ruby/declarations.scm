(class name: (_) @name) @declaration
(module name: (_) @name) @declaration
((assignment left: (constant) @name right: (call receiver: (constant) @_receiver method: (identifier) @_method)) @declaration
  (#any-of? @_receiver "Struct" "Class" "Data" "Module")
  (#any-of? @_method "new" "define"))
