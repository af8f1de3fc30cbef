// The door: what comes out of a text with mistakes, and that the work grows with the text and no
// faster.

import { afterEach, expect, test, vi } from 'vitest';
import { format } from '../../../language/syntax/format/format.ts';
import { SourceWords } from '../../../language/syntax/format/source-words.ts';

afterEach(() => vi.restoreAllMocks());

test('a text with syntax errors gives these and no text', () => {
  const { text, diagnostics } = format('p.nhipol', 'const a = 1 // kept\nfor any {\n');
  expect(text).toBeUndefined();
  expect(diagnostics.map(({ code, span }) => [code, span.file])).toEqual([
    ['syntax-error', 'p.nhipol'],
  ]);
});

test('a character that nobody sees is an error also in a comment', () => {
  const { text, diagnostics } = format('p.nhipol', 'const a = 1 // \u202e\n');
  expect(text).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(['hidden-character']);
});

test('names that nothing declares are none of its business', () => {
  expect(format('p.nhipol', 'const a=nothing').text).toBe('const a = nothing\n');
});

function rules(count: number): string {
  const each = (at: number) =>
    `  // ${at}\n  deny r${at} when action.x > 1_000 and (not subject.y) // why\n    because "z"\n`;
  return `for any {\n${Array.from({ length: count }, (_, at) => each(at)).join('')}}\n`;
}

/** How often the text between two words is looked at. */
function looks(count: number): number {
  const looked = vi.spyOn(SourceWords.prototype, 'gapBefore');
  expect(format('p.nhipol', rules(count)).text).toContain(`  // ${count - 1}\n`);
  const times = looked.mock.calls.length;
  looked.mockRestore();
  return times;
}

test('ten times the rules are ten times the work', () => {
  const [few, many] = [looks(500), looks(5000)];
  expect(few).toBeGreaterThan(500);
  expect(many).toBeLessThan(few * 10.1);
});

test('5,000 rules are laid out as one is', () => {
  const one = format('p.nhipol', rules(1)).text ?? '';
  const all = format('p.nhipol', rules(5000)).text ?? '';
  const body = one.split('\n').slice(1, -2);
  expect(all.split('\n').length - 3).toBe(5000 * body.length);
});
