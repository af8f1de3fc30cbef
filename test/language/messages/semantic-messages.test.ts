// The examples and messages of semantic errors and warnings.

import { expect, test } from 'vitest';
import { nameMessages } from '../../../language/diagnostics/messages/names.ts';
import { semanticMessages } from '../../../language/diagnostics/messages/semantics.ts';
import { warningMessages } from '../../../language/diagnostics/messages/warnings.ts';
import { checkText } from '../../support/checking.ts';

const rows = Object.entries({ ...semanticMessages, ...nameMessages, ...warningMessages });

function codes(text: string): string[] {
  return [...new Set(checkText(text).diagnostics.map(({ code }) => code))];
}

/** The codes other than `unused`, unless that is the code of the example: examples need not use what they declare. */
function withoutUnused(code: string, found: readonly string[]): string[] {
  return found.filter((each) => each !== 'unused' || code === each);
}

test.each(rows)(
  '%s is the only diagnostic of its `avoid` example, and its `prefer` example has none',
  (code, row) => {
    expect(withoutUnused(code, codes(row.avoid))).toEqual([code]);
    expect(withoutUnused(code, codes(row.prefer))).toEqual([]);
  },
);

test.each(rows)('%s has one diagnostic with a one-line message', (_, row) => {
  const [diagnostic, second] = checkText(row.avoid).diagnostics;
  expect(second).toBeUndefined();
  expect(diagnostic?.message).toMatch(/^[^A-Z.\n][^\n]*[^.\n]$/);
});

test.each([
  ['context.level < 5', 'the members of `Level` are `low`, `high`'],
  ['context.level is context.name', 'the members of `Level` are `low`, `high`'],
  ['context.level is severe', 'an enum has the members that it lists, and no others'],
  ['context.wait is 60', 'write a duration with its unit: `250ms`, `90s`, `5m`, `24h` or `7d`'],
  ['context.name is 5', 'types are not converted implicitly: write a value of the expected type'],
  [
    'context.level is low && true',
    'conditions are joined with words: `and`, `or` and `not`; see docs/coming-from/cel.md',
  ],
])('the help explains what to do about %s', (condition, help) => {
  const { diagnostics } = checkText(`policy p
enum Level { low < high }
context { level?: Level, wait?: Duration, name?: String }
for any { permit ok when ${condition} }`);
  expect(diagnostics.filter(({ code }) => code !== 'unused').map((each) => each.help)).toEqual([
    help,
  ]);
});
