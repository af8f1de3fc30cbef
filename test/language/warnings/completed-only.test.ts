// Rules that wait for a completed call to know whether an agent has read something.

import { applyFixes, check } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkText, entry } from '../../support/checking.ts';

const declareOutcomes = (names: string) => `policy p
action "web.fetch" { url: String }
action any {}
context { time: Timestamp, on: Bool }
outcomes { ${names
  .split(' ')
  .map((name) => `"${name}": { rows?: Int(0..) }`)
  .join(', ')} }
`;

function listWarnings(rules: string, names = 'completed failed delivered'): readonly string[] {
  const { found, warned } = checkText(
    `${declareOutcomes(names)}for any { permit ok otherwise\n${rules} }`,
  );
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('completed-only'));
}

test.each([
  'deny x when once(outcome "completed")',
  'deny x when once(outcome "completed" doing "web.fetch" where not (event.action.url starts_with "https://a/"), within 1d)',
  'challenge x when context.on and once(outcome "completed" where event.result.rows > 3)',
  'revoke x when context.on or count(outcome "completed") > 0',
  'deny x when count(outcome "completed", within 1h) >= 1',
  'deny x when since(outcome "completed", outcome "failed")',
  'permit x when not once(outcome "completed")',
  'deny x when not (not once(outcome "completed"))',
  'let read = once(outcome "completed")\ndeny x when read\nchallenge y when read and context.on',
])('warns of %s', (rules) => {
  expect(listWarnings(rules)).toHaveLength(1);
});

test.each([
  'deny x when once(outcome "delivered")',
  'deny x when once(outcome "failed")',
  'deny x when once(outcome "completed") or once(outcome "failed")',
  'deny x when once(outcome "completed") or once(outcome "delivered", within 1h)',
  'deny x when not once(outcome "completed")',
  'permit x when once(outcome "completed")',
  'deny x when count(outcome "completed", within 1h) > 30',
  'deny x when count(outcome "completed") < 1',
  'deny x when sum(event.result.rows of outcome "completed", within 1h) > 500',
  '// allow completed-only: only a completed export matters\ndeny x when once(outcome "completed")',
])('does not warn of %s', (rules) => {
  expect(listWarnings(rules)).toEqual([]);
});

test('other names are those of the host', () => {
  expect(listWarnings('deny x when once(outcome "done")', 'done')).toEqual([]);
});

function fixSource(rules: string, names?: string): string {
  const source = `${declareOutcomes(names ?? 'completed delivered')}for any { permit ok otherwise\n${rules} }`;
  const { diagnostics } = check(entry, new Map([[entry, source]]));
  const fixes = diagnostics.flatMap(({ fix }) => fix ?? []);
  return applyFixes(fixes, () => source).texts.get(entry) ?? source;
}

test('the fix is certain only if `delivered` is declared and the rule reads no result', () => {
  const rule = 'deny x when once(outcome "completed" doing "web.fetch")';
  expect(fixSource(rule)).toContain('once(outcome "delivered" doing "web.fetch")');
  expect(fixSource(rule, 'completed')).toContain(rule);
  const reads = 'deny x when once(outcome "completed" where event.result.rows > 3)';
  expect(fixSource(reads)).toContain(reads);
});
