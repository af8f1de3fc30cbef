// What Chevrotain finds wrong with a grammar, such as alternatives that look alike; at a start it is not
// looked for.

import { expect, test } from 'vitest';
import { Expectations } from '../../language/syntax/expectations.ts';
import { PolicyParser } from '../../language/syntax/grammar/grammar.ts';

test('the grammar is valid', () => {
  expect(() => new PolicyParser(new Expectations(), false)).not.toThrow();
});
