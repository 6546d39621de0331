((binary left: (_) @_file right: (_) @_program) @entry
  (#eq? @_file "__FILE__")
  (#any-of? @_program "$0" "$PROGRAM_NAME"))
