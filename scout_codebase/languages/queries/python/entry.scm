((if_statement
  condition: (comparison_operator (identifier) @_name) @entry)
  (#eq? @_name "__name__")
  (#match? @entry "['\"]__main__['\"]"))

; A server that starts when the module is run.
((expression_statement
  (call function: (attribute object: (_) @_object attribute: (identifier) @_method))) @entry.top
  (#match? @_object "^(app|application|uvicorn|server|web|asyncio)$")
  (#any-of? @_method "run" "run_app" "serve_forever"))
