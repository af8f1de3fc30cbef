// Runs patterns in the library of the module: automata with few and with many states, over strings in
// memory.

import { createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { generatePatternTexts } from '../../assurance/testing/generate/pattern-strings.ts';
import { encodeAutomaton } from '../../compiler/emit/data/patterns.ts';
import { glob, regex, requirePattern, spiffe } from '../support/arbitraries/patterns.ts';
import { Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

test.each([
  ['few states', regex('[a-z]+(?:\\.[a-z]+)*'), 1],
  ['no text', regex('a^b'), 1],
  ['any text', regex('(?s:.*)'), 1],
  ['a letter of any script', regex('\\pL+'), 2],
  ['many states', regex('(?:ab|[^\\x{100}-\\x{fff}]c){120}'), 2],
  ['a glob', glob('/workspace/**/*.{ts,js}'), 1],
  ['a SPIFFE ID', spiffe('spiffe://prod.acme.example/ns/*/sa/deployer'), 1],
] as const)('matches %s', (_, made, width) => {
  const pattern = requirePattern(made);
  const bytes = encodeAutomaton(pattern.bytes);
  expect(new DataView(bytes.buffer).getUint32(12, true)).toBe(width);
  for (const text of [
    '',
    'a',
    'é',
    '😀',
    ...generatePatternTexts(pattern, createRandomNumbers(5), 200),
  ]) {
    library.begin('');
    const automaton = library.put(bytes);
    const { pointer, length } = library.put(text);
    const expected = Number(pattern.matches(text));
    expect([text, exports.matches(pointer, length, automaton.pointer)]).toEqual([text, expected]);
  }
});
