(module_definition name: (identifier) @name) @declaration
