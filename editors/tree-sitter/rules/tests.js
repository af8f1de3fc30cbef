// Tests, their requests and JSON, fixtures and invariants.

import * as tokens from '../tokens.generated.js';
import { braces, list, trailing } from './common.js';

export const tests = {
  invariant: ($) => seq('invariant', $.string, $.scope, $._expression),
  fixture: ($) =>
    seq('fixture', field('name', $.identifier), $._request_source, optional($.changes)),
  test: ($) =>
    seq(
      'test',
      field('name', $.string),
      braces(
        choice('request', 'session'),
        $._request_source,
        optional($.step_start),
        choice($.each, seq($.expectation, repeat(seq('then', $.step)))),
      ),
    ),
  _request_source: ($) =>
    choice(seq('from', choice($.string, field('fixture', $.identifier))), $.object),
  step: ($) => seq(optional($.step_start), $.expectation),
  step_start: ($) =>
    repeat1(
      choice(
        seq('at', $.timestamp),
        seq('after', $.duration),
        seq('in', 'session', $.string),
        $.grant,
        $.step_signal,
        seq('ask', optional(seq($.integer, 'times'))),
        $.changes,
      ),
    ),
  grant: ($) => seq('granted', 'for', $.duration, optional(seq('by', $.string))),
  step_signal: ($) =>
    prec.right(
      seq(
        choice('signal', 'outcome'),
        $.string,
        optional(seq('at', $.timestamp)),
        optional($.object),
      ),
    ),
  expectation: ($) => seq('expect', $._outcome),
  _outcome: ($) =>
    seq(
      $.expected_effect,
      optional(seq('because', list(field('reason', $.identifier)))),
      optional(seq('with', $.settings)),
      optional($.with_clause),
      optional($.lower_clause),
      optional(seq('until', $.timestamp)),
    ),
  expected_effect: () => choice(...tokens.expected),
  lower_clause: ($) => seq('or', 'lower', braces(trailing($.change))),
  each: ($) => seq('each', list($.path), braces(repeat($.row))),
  row: ($) => seq(list($._json), $.expectation),
  changes: ($) => seq('with', braces(trailing($.change))),
  change: ($) => seq($.path, '=', $._json),
  path: ($) => seq($.identifier, repeat(seq('.', $._name))),
  _json: ($) => choice($.object, $.array, $.identifier, $.boolean, seq(optional('-'), $._literal)),
  object: ($) => braces(trailing($.pair)),
  pair: ($) => seq(field('key', $._name), ':', field('value', $._json)),
  array: ($) => seq('[', trailing($._json), ']'),
};
