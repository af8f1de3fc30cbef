// Types, and the members of records.

import { beforeMember, braces, list, parens } from './common.js';

export const types = {
  _type: ($) =>
    choice($.record_type, $.timestamp_type, $.generic_type, $.ranged_type, $._type_name),
  _type_name: ($) => alias($.identifier, $.type_name),
  generic_type: ($) => seq($._type_name, '<', list($._type), '>'),
  ranged_type: ($) => seq($._type_name, parens(optional($._bound), '..', optional($._bound))),
  timestamp_type: ($) => seq($._type_name, 'in', 'seconds'),
  _bound: ($) => seq(optional('-'), $._literal),
  record_type: ($) => braces(repeat(seq($.member, optional(',')))),
  member: ($) =>
    seq(
      optional(seq($.identifier, '.')),
      field('name', choice($._name, alias(choice(...beforeMember), $.identifier))),
      optional('?'),
      ':',
      optional('secret'),
      field('type', $._type),
      optional(seq('fresh', $._expression)),
      optional(seq('=', field('default', $._expression))),
    ),
};
