// The formatter as a whole: its result for a source with errors, and that its work is linear in the length of the
// source.

import { format } from '@nhipol/language/format';
import { afterEach, expect, test, vi } from 'vitest';
import { SourceWords } from '../../../language/syntax/format/source-words.ts';

afterEach(() => vi.restoreAllMocks());

test('returns the syntax errors of a source, and no formatted source', () => {
  const { text, diagnostics } = format('p.nhipol', 'const a = 1 // kept\nfor any {\n');
  expect(text).toBeUndefined();
  expect(diagnostics.map(({ code, span }) => [code, span.file])).toEqual([
    ['syntax-error', 'p.nhipol'],
  ]);
});

test('reports an invisible character in a comment', () => {
  const { text, diagnostics } = format('p.nhipol', 'const a = 1 // \u202e\n');
  expect(text).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(['hidden-character']);
});

test('formats a source with undeclared names', () => {
  expect(format('p.nhipol', 'const a=nothing').text).toBe('const a = nothing\n');
});

function rules(count: number): string {
  const each = (at: number) =>
    `  // ${at}\n  deny r${at} when action.x > 1_000 and (not subject.y) // why\n    because "z"\n`;
  return `for any {\n${Array.from({ length: count }, (_, at) => each(at)).join('')}}\n`;
}

/** The number of times that the formatter reads the gap before a word. */
function gapReads(count: number): number {
  const spy = vi.spyOn(SourceWords.prototype, 'findGap');
  expect(format('p.nhipol', rules(count)).text).toContain(`  // ${count - 1}\n`);
  const times = spy.mock.calls.length;
  spy.mockRestore();
  return times;
}

test('ten times as many rules take ten times the work', () => {
  const [few, many] = [gapReads(500), gapReads(5000)];
  expect(few).toBeGreaterThan(500);
  expect(many).toBeLessThan(few * 10.1);
});

test('formats each of 5,000 rules like a single one', () => {
  const one = format('p.nhipol', rules(1)).text ?? '';
  const all = format('p.nhipol', rules(5000)).text ?? '';
  const body = one.split('\n').slice(1, -2);
  expect(all.split('\n').length - 3).toBe(5000 * body.length);
});
