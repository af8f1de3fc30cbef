// Declarations.

import { braces, parens, trailing } from './common.js';

export const declarations = {
  policy_declaration: ($) =>
    seq('policy', field('name', $.qualified_name), optional(seq('version', $.string))),
  qualified_name: ($) => seq($.identifier, repeat(seq('.', $.identifier))),
  use_declaration: ($) =>
    seq(
      'use',
      choice(
        seq($.used_names, 'from', $.string),
        $.string,
        seq(field('module', $.identifier), optional(seq('.', $.used_names))),
      ),
    ),
  used_names: ($) => braces(trailing($.identifier)),
  enum_declaration: ($) =>
    seq(
      'enum',
      field('name', $.identifier),
      braces(
        $.enum_member,
        repeat(seq(choice(',', '<'), $.enum_member)),
        optional(seq(',', 'else', $.enum_member)),
        optional(','),
      ),
    ),
  enum_member: ($) => $._name,
  record_declaration: ($) => seq('record', field('name', $.identifier), $.record_type),
  const_declaration: ($) =>
    seq('const', field('name', $.identifier), '=', field('value', $._expression)),
  predicate_declaration: ($) =>
    seq('predicate', field('name', $.identifier), $.parameters, '=', $._expression),
  function_declaration: ($) =>
    seq('function', field('name', $.identifier), $.parameters, ':', $._type, '=', $._expression),
  parameters: ($) => parens(trailing($.parameter)),
  parameter: ($) => seq(field('name', $.identifier), ':', $._type),
  schema_declaration: ($) =>
    seq(choice('subject', 'action', 'resource'), field('name', $._name), $.record_type),
  context_declaration: ($) => seq('context', optional($.scope), $.record_type),
  signals_declaration: ($) =>
    seq(choice('signals', 'outcomes'), choice($.record_type, $._type_name)),
  name_set_declaration: ($) =>
    seq(
      choice('actions', 'resources'),
      field('name', $.identifier),
      '=',
      braces(trailing($._scope_name)),
    ),
  table_declaration: ($) =>
    seq(
      optional('external'),
      optional('transitive'),
      'table',
      field('name', $.identifier),
      ':',
      choice(parens($._type, ',', $._type), $._type),
      '->',
      $._type,
      optional(choice(seq('from', $.string), braces(trailing($.table_entry)))),
    ),
  table_entry: ($) => seq(field('key', $._expression), ':', choice($.settings, $._expression)),
  settings: ($) => braces(trailing($.setting)),
  setting: ($) => seq(field('name', $.identifier), ':', field('value', $._expression)),
  constraint_declaration: ($) =>
    seq(
      'constraint',
      field('name', $.identifier),
      ':',
      $._type,
      choice(
        prec.dynamic(1, seq('limits', $._expression, 'or', 'lower')),
        seq('limits', $._expression),
        seq('smallest', 'wins'),
        seq('largest', 'wins'),
        'intersects',
        seq('must', 'agree'),
      ),
    ),
  obligation_declaration: ($) =>
    seq('obligation', field('name', $.identifier), optional(seq(':', $._type_name)), $.record_type),
};
