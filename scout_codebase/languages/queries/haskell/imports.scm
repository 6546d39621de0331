(import module: (module) @module) @import

; The name is that of the package.
(import package: (import_package) @name module: (module) @module) @import
