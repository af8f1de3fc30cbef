// Runs Chevrotain's validation of the grammar, for example of ambiguous alternatives, and of the tokens. The parser skips both
// at start.

import { expect, test } from 'vitest';
import { Expectations } from '../../../language/syntax/expectations.ts';
import { PolicyParser } from '../../../language/syntax/grammar/grammar.ts';
import { makeLexer } from '../../../language/syntax/tokens.ts';

test('the grammar is valid', () => {
  expect(() => new PolicyParser(new Expectations(), false)).not.toThrow();
});

test('the tokens are valid', () => {
  expect(() => makeLexer(false)).not.toThrow();
});
