(module_import "@import" @name . path: (identifier) @module) @import
