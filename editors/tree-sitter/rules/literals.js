// Names, strings, numbers and comments.

import { patterns } from '../tokens.generated.js';
import { literal } from './common.js';

export const literals = {
  _name: ($) => choice($.identifier, $.string),
  _literal: ($) =>
    choice($.string, $.integer, $.decimal, $.duration, $.time, $.timestamp, $.address),
  identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
  boolean: () => choice('true', 'false'),
  string: ($) => seq('"', repeat(choice($.string_content, $.escape)), token.immediate('"')),
  string_content: () => token.immediate(prec(1, /[^"\\\r\n]+/)),
  message: ($) =>
    seq(
      '"',
      repeat(
        choice(alias($._message_content, $.string_content), $.escape, $.braces, $.placeholder),
      ),
      token.immediate('"'),
    ),
  _message_content: () => token.immediate(prec(1, /[^"\\\r\n{}]+/)),
  braces: () => token.immediate(choice('{{', '}}')),
  placeholder: () => token.immediate(/\{([^{}"\\\r\n]|\\[^\r\n])+\}/),
  escape: () => token.immediate(/\\[^\r\n]/),
  pattern: ($) =>
    seq(
      token(/(?:glob|regex|spiffe)"/),
      repeat(choice($.string_content, $.escape)),
      token.immediate('"'),
    ),
  integer: () => literal(patterns.integer),
  decimal: () => literal(patterns.decimal),
  duration: () => literal(patterns.duration),
  time: () => literal(patterns.time),
  timestamp: () => literal(patterns.timestamp),
  address: () => literal(patterns.address),
  comment: () => token(/\/\/[^\n]*/),
};
