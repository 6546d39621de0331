; A path that begins with the folder of this file, wherever it is used.
((string
  . (interpolation (identifier) @_here @module) . (string_content) @module .) @import.reference
  (#eq? @_here "__dir__"))

; Constants that are used, not those that are defined: what autoloading goes by. To ask for the kind
; of expression is a tenth of a second less to compile than to list what may stand around one.

(_arg/constant) @module @import.reference
(_arg/scope_resolution) @module @import.reference
(call [(constant) (scope_resolution)] @module @import.reference)
(element_reference [(constant) (scope_resolution)] @module @import.reference)
(superclass [(constant) (scope_resolution)] @module @import.reference)
(left_assignment_list [(constant) (scope_resolution)] @module @import.reference)
