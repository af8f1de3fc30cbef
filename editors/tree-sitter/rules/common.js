// The helpers of several parts of the grammar: lists, brackets, and the keywords that are names where both are possible.

import * as tokens from '../tokens.generated.js';

export const list = (rule) => seq(rule, repeat(seq(',', rule)));
export const trailing = (rule) => optional(seq(list(rule), optional(',')));
export const braces = (...rules) => seq('{', ...rules, '}');
export const parens = (...rules) => seq('(', ...rules, ')');
export const literal = (pattern) => token(new RegExp(pattern));

/** Words that can follow an expression or a type, and are names before a colon. */
export const beforeMember = [
  'fresh',
  ...tokens.operators.map(({ operator }) => operator).filter((each) => /^[a-z]/.test(each)),
  ...['is', 'not', 'matches', 'in'],
];
/** Words that begin operands, and are references elsewhere. */
export const beforeOperand = [...new Set([...tokens.history, ...tokens.aggregates])];
