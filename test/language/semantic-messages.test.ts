import { expect, test } from 'vitest';
import { nameMessages } from '../../language/messages/names.ts';
import { semanticMessages } from '../../language/messages/semantics.ts';
import { warningMessages } from '../../language/messages/warnings.ts';
import { checked } from '../support/checking.ts';

const rows = Object.entries({ ...semanticMessages, ...nameMessages, ...warningMessages });

function codes(text: string): string[] {
  return [...new Set(checked(text).diagnostics.map(({ code }) => code))];
}

/** What shows how something is declared need not use it. */
function besides(code: string, found: readonly string[]): string[] {
  return found.filter((each) => each !== 'unused' || code === each);
}

test.each(rows)('%s: `avoid` raises it alone, `prefer` nothing', (code, row) => {
  expect(besides(code, codes(row.avoid))).toEqual([code]);
  expect(besides(code, codes(row.prefer))).toEqual([]);
});

test.each(rows)('%s says one thing in one line', (_, row) => {
  const [diagnostic, second] = checked(row.avoid).diagnostics;
  expect(second).toBeUndefined();
  expect(diagnostic?.message).toMatch(/^[^A-Z.\n][^\n]*[^.\n]$/);
});
