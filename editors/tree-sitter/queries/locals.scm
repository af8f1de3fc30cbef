[
  (source_file)
  (block)
  (rule)
  (quantified_expression)
  (aggregate)
  (predicate_declaration)
  (function_declaration)
] @local.scope

(binding name: (identifier) @local.definition.var)
(parameter name: (identifier) @local.definition.parameter)
(quantified_expression variable: (identifier) @local.definition.var)
(aggregate variable: (identifier) @local.definition.var)
(const_declaration name: (identifier) @local.definition.constant)
(predicate_declaration name: (identifier) @local.definition.function)
(function_declaration name: (identifier) @local.definition.function)

(identifier) @local.reference
