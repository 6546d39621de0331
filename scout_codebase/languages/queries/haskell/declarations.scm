(haskell (header module: (module) @name)) @package
