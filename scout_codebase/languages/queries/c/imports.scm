; A path keeps its quotes or brackets: they say where it is looked for.

(preproc_include path: (_) @module) @import

((preproc_call directive: (preproc_directive) @name argument: (preproc_arg) @module) @import
  (#match? @name "^#\\s*(include_next|import)$"))

; The guard of a header is no condition. Nothing here is tried twice: a header may be hostile.

((preproc_ifdef) @within.conditional
  (#not-match? @within.conditional "^#\\s*+ifndef\\s++(\\w++)\\s*+(?:(?://[^\\n]*+\\n|/\\*[^*]*+\\*++(?:[^/*][^*]*+\\*++)*/)\\s*+)*#\\s*+define\\s++\\1\\b"))

((preproc_if) @within.conditional
  (#not-match? @within.conditional "^#\\s*+if\\s++!\\s*+defined\\b[\\s(]*+(\\w++)\\s*+\\)?+\\s*+(?:(?://[^\\n]*+\\n|/\\*[^*]*+\\*++(?:[^/*][^*]*+\\*++)*/)\\s*+)*#\\s*+define\\s++\\1\\b"))
