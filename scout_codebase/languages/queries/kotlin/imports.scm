; A name is an alias.
(import (qualified_identifier) @module) @import
(import (qualified_identifier) @module "*" @name.star) @import
(import (qualified_identifier) @module (identifier) @name) @import
