(import module: (module) @module) @import
