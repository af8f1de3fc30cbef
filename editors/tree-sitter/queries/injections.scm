((comment) @injection.content
  (#set! injection.language "comment"))

((pattern (string_content) @injection.content) @_pattern
  (#match? @_pattern "^regex")
  (#set! injection.language "regex"))
