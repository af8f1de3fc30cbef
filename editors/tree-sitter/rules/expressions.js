// Expressions with the precedence of each operator, calls, and terms about the events of a session.

import * as tokens from '../tokens.generated.js';
import { beforeOperand, braces, list, parens, trailing } from './common.js';

const { bindings } = tokens;
/** Words that are functions, too; those of history are not. */
const onlyAggregates = tokens.aggregates.filter((each) => !tokens.history.includes(each));

function binary(operand, operators) {
  const joined = (operator) =>
    seq(field('left', operand), field('operator', operator), field('right', operand));
  const compared = (operator) => prec.left(bindings.comparison, joined(operator));
  return choice(
    ...operators.map(({ operator, binding, right }) =>
      (right ? prec.right : prec.left)(binding, joined(operator)),
    ),
    compared(seq('is', optional('not'))),
    compared(seq('not', choice('in', 'within'))),
  );
}

const unary = (operand) =>
  choice(prec(bindings.not, seq('not', operand)), prec(bindings.negation, seq('-', operand)));

const presence = (operand) =>
  prec.left(bindings.comparison, seq(operand, 'is', choice('present', 'missing')));

const match = ($, operand) =>
  prec.dynamic(
    1,
    prec.left(
      bindings.comparison,
      seq(
        operand,
        optional('not'),
        choice('matches', 'contains'),
        $.pattern,
        optional(seq('separated', 'by', $.string)),
        optional(seq('ignoring', 'case')),
      ),
    ),
  );

const conditional = ($, otherwise) =>
  prec.right(seq('if', $._expression, 'then', $._then_expression, 'else', otherwise));

const quantified = ($, body) =>
  prec.right(
    seq(
      choice('any', 'all'),
      field('variable', $.identifier),
      'in',
      list($._expression),
      'satisfies',
      body,
    ),
  );

export const expressions = {
  _expression: ($) =>
    choice(
      $.binary_expression,
      $.unary_expression,
      $.presence_expression,
      $.match_expression,
      $.if_expression,
      $.quantified_expression,
      $._operand,
    ),
  binary_expression: ($) => binary($._expression, tokens.operators),
  unary_expression: ($) => unary($._expression),
  presence_expression: ($) => presence($._expression),
  match_expression: ($) => match($, $._expression),
  if_expression: ($) => conditional($, $._expression),
  quantified_expression: ($) => quantified($, $._expression),

  // After `then`, where `else` belongs to the `if`.
  _then_expression: ($) =>
    choice(
      alias($._then_binary, $.binary_expression),
      alias($._then_unary, $.unary_expression),
      alias($._then_presence, $.presence_expression),
      alias($._then_match, $.match_expression),
      alias($._then_if, $.if_expression),
      alias($._then_quantified, $.quantified_expression),
      $._operand,
    ),
  _then_binary: ($) =>
    binary(
      $._then_expression,
      tokens.operators.filter(({ operator }) => operator !== 'else'),
    ),
  _then_unary: ($) => unary($._then_expression),
  _then_presence: ($) => presence($._then_expression),
  _then_match: ($) => match($, $._then_expression),
  _then_if: ($) => conditional($, $._then_expression),
  _then_quantified: ($) => quantified($, $._then_expression),

  _operand: ($) =>
    choice(
      $._reference,
      $._literal,
      $.boolean,
      $.pattern,
      $.call,
      $.member_access,
      $.index,
      $.parenthesized,
      $.set,
      $.empty_list,
      $.aggregate,
      $.history,
    ),
  _reference: ($) => choice($.identifier, alias(choice(...beforeOperand), $.identifier)),
  member_access: ($) => prec(bindings.operand, seq($._operand, '.', field('member', $._name))),
  index: ($) => prec(bindings.operand, seq($._operand, '[', $._values, ']')),
  call: ($) =>
    prec(bindings.operand, seq(field('function', $._function), '(', optional($._values), ')')),
  _function: ($) =>
    choice($.identifier, alias(choice(...onlyAggregates), $.identifier), $.member_access),
  _values: ($) => seq(list($._expression), optional(',')),
  parenthesized: ($) => parens($._values),
  set: ($) => braces(trailing($._expression)),
  empty_list: () => seq('[', ']'),
  aggregate: ($) =>
    prec.dynamic(
      1,
      seq(
        choice(...tokens.aggregates),
        '(',
        $._expression,
        'for',
        field('variable', $.identifier),
        'in',
        $._expression,
        optional(seq('where', $._expression)),
        optional(','),
        ')',
      ),
    ),
  history: ($) =>
    prec.dynamic(
      1,
      seq(
        choice(...tokens.history),
        '(',
        optional(seq($._expression, 'of')),
        $.event_pattern,
        repeat(seq(',', choice($.event_pattern, seq('within', choice($.period, $._expression))))),
        optional(','),
        ')',
      ),
    ),
  period: ($) => prec.dynamic(1, seq(choice('today', seq('this', $.identifier)), 'in', $.string)),
  event_pattern: ($) =>
    seq(
      choice(...tokens.events, seq(choice('signal', 'outcome'), $.string)),
      optional(seq('doing', $._event_names)),
      optional(seq('on', $._event_names)),
      optional(seq('where', $._expression)),
      optional(seq('across', 'sessions')),
      optional(seq(optional(seq('per', $._expression)), 'up', 'to', $.integer)),
    ),
  // After a comma, `within` is not a name: it begins the next part.
  _event_names: ($) =>
    seq(
      $._scope_name,
      repeat(seq(',', choice(reserved('eventNames', $.identifier), $.string, $.pattern))),
    ),
};
