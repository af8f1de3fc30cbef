import { expect, test } from 'vitest';
import { nameMessages } from '../../language/messages/names.ts';
import { semanticMessages } from '../../language/messages/semantics.ts';
import { checked } from '../support/checking.ts';

const rows = Object.entries({ ...semanticMessages, ...nameMessages });

function codes(text: string): string[] {
  return [...new Set(checked(text).diagnostics.map(({ code }) => code))];
}

test.each(rows)('%s: `avoid` raises it alone, `prefer` nothing', (code, row) => {
  expect(codes(row.avoid)).toEqual([code]);
  expect(codes(row.prefer)).toEqual([]);
});

test.each(rows)('%s says one thing in one line', (_, row) => {
  const [diagnostic, second] = checked(row.avoid).diagnostics;
  expect(second).toBeUndefined();
  expect(diagnostic?.message).toMatch(/^[^A-Z.\n][^\n]*[^.\n]$/);
});
