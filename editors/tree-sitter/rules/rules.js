// Groups, rules and their clauses.

import * as tokens from '../tokens.generated.js';
import { beforeMember, braces, list } from './common.js';

export const rules = {
  scope: ($) =>
    seq(
      'for',
      list($._name),
      optional(seq('doing', $._scope_names)),
      optional(seq('on', $._scope_names)),
    ),
  _scope_names: ($) => list($._scope_name),
  _scope_name: ($) => choice($._name, $.pattern),
  group: ($) => seq($.scope, optional(seq('when', $._expression)), $.block),
  block: ($) => braces(repeat(choice($.rule, $.let, $.given, $.score))),
  let: ($) => seq('let', $.binding),
  binding: ($) => seq(field('name', $.identifier), '=', field('value', $._expression)),
  given: ($) =>
    seq('given', $.binding, $.block, optional(seq('otherwise', choice('ignore', $.block)))),
  score: ($) =>
    seq('score', field('name', $.identifier), braces(repeat($.score_condition), repeat($.band))),
  score_condition: ($) =>
    seq(
      field('name', choice($.identifier, alias(choice(...beforeMember), $.identifier))),
      'counts',
      $.integer,
      'when',
      $._expression,
      repeat(choice($.because_clause, $.covers_clause)),
    ),
  band: ($) => seq('from', $.integer, $.effect, repeat(choice($.to_clause, $.unless_clause))),
  rule: ($) =>
    seq(
      field('effect', $.effect),
      field('name', $.identifier),
      optional(choice(seq('when', field('condition', $._expression)), 'otherwise')),
      optional(seq(',', 'if', 'unknown', 'skip')),
      repeat(
        choice(
          $.to_clause,
          $.unless_clause,
          $.with_clause,
          $.because_clause,
          $.covers_clause,
          $.where_clause,
        ),
      ),
    ),
  effect: () => choice(...tokens.effects),
  where_clause: ($) => seq('where', list($.binding)),
  to_clause: ($) => seq('to', $.settings),
  with_clause: ($) => seq('with', list($.demand)),
  demand: ($) => seq(field('name', $.identifier), optional($.settings)),
  unless_clause: ($) => prec.dynamic(1, seq('or', 'deny', 'unless', $._expression)),
  because_clause: ($) => seq('because', $.message),
  covers_clause: ($) => seq('covers', list($.control_id)),
  control_id: ($) => choice(token(prec(1, /[A-Za-z0-9_]+(?:[.:\-/][A-Za-z0-9_]+)*/)), $.string),
};
