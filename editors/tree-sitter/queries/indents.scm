[
  (record_type)
  (enum_declaration)
  (name_set_declaration)
  (table_declaration)
  (used_names)
  (block)
  (score)
  (test)
  (each)
  (changes)
  (lower_clause)
  (object)
  (array)
  (settings)
  (set)
  (parameters)
  (parenthesized)
  (call)
  (index)
  (rule)
  (binding)
] @indent.begin

["}" "]" ")"] @indent.branch
["}" "]" ")"] @indent.end
