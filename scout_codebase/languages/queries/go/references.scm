; What other files of the package declare is used without an import.
(type_identifier) @module @import.reference
(identifier) @module @import.reference
