// Runs Chevrotain's validation of the grammar, for example of ambiguous alternatives. The parser skips it at start.

import { expect, test } from 'vitest';
import { Expectations } from '../../language/syntax/expectations.ts';
import { PolicyParser } from '../../language/syntax/grammar/grammar.ts';

test('the grammar is valid', () => {
  expect(() => new PolicyParser(new Expectations(), false)).not.toThrow();
});
