// Typical mistakes of newcomers. docs/mistakes.md records every message; these tests check the qualities of a good
// message that a test can check.

import { existsSync } from 'node:fs';
import { applyFixes } from '@nhipol/language';
import { expect, test } from 'vitest';
import { pages } from '../../../language/syntax/foreign/report.ts';
import { foreignWords } from '../../../language/syntax/foreign/words.ts';
import { file, listDiagnostics, mistakesDocument, wordsDocument } from '../mistakes/document.ts';
import { mistakes } from '../mistakes/index.ts';

const listErrors = (policy: string) =>
  listDiagnostics(policy).filter(({ severity }) => severity === 'error');

test('there are at least a hundred mistakes, with distinct titles', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(100);
  const titles = mistakes.map(({ from, title }) => `${from}: ${title}`);
  expect(new Set(titles).size).toBe(titles.length);
});

test('docs/mistakes.md contains every message', async () => {
  await expect(mistakesDocument()).toMatchFileSnapshot('../../../docs/mistakes.md');
});

test('docs/coming-from/words.md contains every word', async () => {
  await expect(wordsDocument()).toMatchFileSnapshot('../../../docs/coming-from/words.md');
});

test.each(mistakes)(
  '$from, $title: is reported in few messages, with what to write instead',
  ({ policy }) => {
    const errors = listErrors(policy);
    expect(errors.length).toBeGreaterThanOrEqual(1);
    expect(errors.length).toBeLessThanOrEqual(4);
    for (const { message, help, label, fix } of errors) {
      expect(help ?? label ?? fix?.title).toBeDefined();
      expect(message).toMatch(/^(?:`|[a-z])/);
      expect(message).not.toMatch(/\.$/);
      // A message must not expect what it found.
      const [, expected = '', found = ''] = /^expected (.*), found (.*)$/.exec(message) ?? [];
      if (expected !== '') expect(expected.split(/, | or /)).not.toContain(found);
    }
  },
);

const fixable = mistakes.filter(({ policy }) => listErrors(policy).some(({ fix }) => fix));

test.each(fixable)('$from, $title: fixes leave fewer errors', ({ policy }) => {
  let text = policy;
  for (let round = 0; round < 8; round += 1) {
    const fixes = listDiagnostics(text).flatMap(({ fix }) => fix ?? []);
    const fixed = applyFixes(fixes, () => text).texts.get(file);
    if (fixed === undefined) break;
    text = fixed;
  }
  const before = listErrors(policy);
  expect(listErrors(text).length).toBeLessThan(before.length);
  // If every message has a fix, no error is left.
  if (before.every(({ fix }) => fix))
    expect(listErrors(text).map(({ message }) => message)).toEqual([]);
});

test('at least a third of the mistakes can be fixed', () => {
  expect(fixable.length).toBeGreaterThan(mistakes.length / 3);
});

test('every word has a page of docs/coming-from', () => {
  for (const { from } of foreignWords) {
    const path = new URL(`../../../docs/coming-from/${pages[from[0]]}`, import.meta.url);
    expect(existsSync(path), path.pathname).toBe(true);
  }
});

test('each word is in the table once', () => {
  const keys = foreignWords.map(({ place, word }) => `${place} ${word}`);
  expect(new Set(keys).size).toBe(keys.length);
});

// --- a mistake hides no other mistake ------------------------------------------------------------

const lines: readonly (readonly [string, string])[] = [
  ['permit a when action.name === "x"', '==='],
  ["permit b when action.name is 'x'", "'x'"],
  ['permit c if action.name is "x"', 'if'],
  ['permit when action.name is "x"', 'when'],
  ['forbid d when action.name is "x"', 'forbid'],
  ['permit e when action.name in ["x", "y"]', '['],
  ['permit f when context.level > 5 &&  context.level < 9', '&&'],
  ['permit g when context has level', 'has'],
  ['permit h when action.name like "x*"', 'like'],
  ['permit i when principal.id is "x"', 'principal'],
  ['permit j when action.name.startsWith("x")', 'startsWith'],
  ['permit k when context.level > 5 ? true : false', '?'],
  ['permit l when context.levl > 5', 'levl'],
  ['permit m when', '}'],
  ['deny n unless context.level > 5', 'unless'],
  ['permit o when context.level == null', '== null'],
  ['permit p-q when context.level > 5', 'p-q'],
  ['permit r when context.level <> 5', '<>'],
  ['return false', 'return'],
  ['permit s when every t in context.tags { t is "x" }', 'every'],
  ['# a comment', '#'],
  ['permit u when count(context.tags) > 3', 'count'],
  ['permit v when context.level is "5"', '"5"'],
  ['permit w where context.level > 5', 'where'],
  ['permit x when context.level > 5;', ';'],
];

const header = 'policy p\ncontext { level?: Int, tags: Set<String> = {} }\n';

/** A file with the lines, each in its own group or all in one. */
function together(chosen: readonly string[], separately: boolean): string {
  const groups = separately
    ? chosen.map((line) => `for any {\n  ${line}\n}\n`)
    : [`for any {\n${chosen.map((line) => `  ${line}\n`).join('')}}\n`];
  return header + groups.join('');
}

const listUnderlined = (text: string) =>
  listErrors(text).map(({ span }) => text.slice(span.start, span.end));

test.each(lines)('`%s` alone is reported only at `%s`', (line, at) => {
  expect(listUnderlined(together([line], true))).toEqual([at]);
});

test.each([true, false])(
  'all mistakes of a file are reported once; each in its own group: %s',
  (separately) => {
    // An incomplete rule also consumes the next line; it is tested alone.
    const chosen = separately ? lines : lines.filter(([, at]) => at !== '}');
    const text = together(
      chosen.map(([line]) => line),
      separately,
    );
    expect(listUnderlined(text)).toEqual(chosen.map(([, at]) => at));
  },
);

test.each(lines)('other mistakes before and after `%s` are still reported', (line, at) => {
  const before = 'permit first when context.levle > 5';
  const after = 'permit last when context.leevl > 5';
  const found = listUnderlined(`${together([before, line, after], true)}const most = unkown\n`);
  expect(found).toEqual(['levle', at, 'leevl', 'unkown']);
});

test('an unknown member of a broken rule is reported in the next rule that reads it', () => {
  const text = together(
    ['permit a when context.levl > 5 ? true : false', 'deny b when context.levl > 5'],
    false,
  );
  expect(listUnderlined(text)).toEqual(['?', 'levl']);
});

test('words of other languages can be declared as names', () => {
  const text = `policy p
enum Auth { none, null, principal, user }
record input { data?: Int, has: Bool = false }
context { auth?: Auth, like?: input, length?: Int, now?: Bool, principal?: String }
predicate contains(n: Int) = n > 5
const request = 5
const undefined = 6
for any {
  let user = context.like.data
  permit allow when context.auth is none or context.auth is not null or context.auth is principal
  permit forbid when contains(context.length) and context.like.data > request and user < undefined
  deny if when context.now and context.principal is "a" or context.like.has
}
`;
  expect(listErrors(text).map(({ message }) => message)).toEqual([]);
});

test('every policy of another language at the top level is reported', () => {
  const text = `${header}permit (principal, action, resource)\nwhen { context.level > 5 };\n\nforbid (principal, action, resource)\nunless { context.level > 5 };\n\nallow if {\n  input.x\n}\n\nfor any { permit ok when context.levl > 5 }\n`;
  const found = listUnderlined(text);
  expect(found.filter((each) => each !== ';')).toEqual(['permit', 'forbid', 'allow', 'levl']);
});
