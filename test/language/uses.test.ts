// Files that import each other, and the vocabulary that comes with the language.

import { render } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../support/checking.ts';

const permit = 'for any { permit ok otherwise }';

test.each([
  [
    'itself',
    'use "p.nhipol"',
    {},
    'use-cycle «"p.nhipol"» `p.nhipol` uses itself: p.nhipol → p.nhipol',
  ],
  [
    'the entry file through others',
    'use "a.nhipol"',
    {
      'a.nhipol': 'use { x } from "sub/b.nhipol"',
      'sub/b.nhipol': 'use "../p.nhipol"\nconst x = 1',
    },
    'use-cycle «"../p.nhipol"» `p.nhipol` uses itself: p.nhipol → a.nhipol → sub/b.nhipol → p.nhipol',
  ],
  [
    'each other’s names',
    'use { x } from "a.nhipol"',
    {
      'a.nhipol': 'use { y } from "b.nhipol"\nconst x = y',
      'b.nhipol': 'use { x } from "a.nhipol"\nconst y = x',
    },
    'use-cycle «"a.nhipol"» `a.nhipol` uses itself: a.nhipol → b.nhipol → a.nhipol',
  ],
])('reports a file that uses %s', (_, uses, others, message) => {
  expect(checkText(`policy p\n${uses}\n${permit}`, others).found).toEqual([message]);
});

test('a file that two others use is not a cycle', () => {
  const others = {
    'a.nhipol': 'use "c.nhipol"\nuse nhi.{ RiskLevel }',
    'b.nhipol': 'use "c.nhipol"\nuse nhi.{ RiskLevel }',
    'c.nhipol': 'enum Level { low }',
  };
  expect(checkText(`policy p\nuse "a.nhipol"\nuse "b.nhipol"\n${permit}`, others).found).toEqual(
    [],
  );
});

const files = {
  'a.nhipol': 'enum Level { low }\nconst most = 1',
  'b.nhipol': 'enum Level { low }\nconst least = 1',
};

test.each([
  [
    'from two files',
    'use { Level } from "a.nhipol"\nuse { Level } from "b.nhipol"',
    'name-collision «Level» `Level` is declared in `a.nhipol` and in `b.nhipol`',
  ],
  [
    'from two whole files',
    'use "a.nhipol"\nuse "b.nhipol"',
    'name-collision «"b.nhipol"» `Level` is declared in `a.nhipol` and in `b.nhipol`',
  ],
  [
    'declared as well',
    'use { Level } from "a.nhipol"\nenum Level { high }',
    'name-collision «Level» `Level` is declared here and in `a.nhipol`',
  ],
  [
    'of the vocabulary, declared as well',
    'use nhi\nenum RiskLevel { high }',
    'name-collision «nhi» `RiskLevel` is declared here and in `nhi/risk.nhipol`',
  ],
  ['twice', 'use { Level, Level } from "a.nhipol"', 'used-twice «Level» `Level` is imported twice'],
  [
    'of a file that is used twice',
    'use "a.nhipol"\nuse "./a.nhipol"',
    'used-twice «"./a.nhipol"» this file is imported twice',
  ],
  [
    'that the file does not have',
    'use { Mode } from "a.nhipol"',
    'unknown-import «Mode» `a.nhipol` does not export `Mode`',
  ],
  [
    'that is misspelled',
    'use nhi.{ RiskLevl }',
    'unknown-import «RiskLevl» `nhi/index.nhipol` does not export `RiskLevl`: did you mean `RiskLevel`?',
  ],
  [
    'of an unknown vocabulary',
    'use nih.{ RiskLevel }\ncontext { a?: RiskLevel }',
    'unknown-vocabulary «nih» unknown vocabulary `nih`: did you mean `nhi`?',
  ],
])('reports a name %s', (_, uses, message) => {
  expect(checkText(`policy p\n${uses}\n${permit}`, files).found).toEqual([message]);
});

test.each([
  [
    'use { least } from "a.nhipol"\nuse { Level } from "b.nhipol"',
    'import it with `use { least } from "b.nhipol"`',
  ],
  [
    'use { least } from "b.nhipol"\ncontext { a?: Level }',
    'import it with `use { Level } from "b.nhipol"`',
  ],
  ['context { a?: RiskLevel }', 'import it with `use nhi.{ RiskLevel }`'],
  [
    'predicate f(c: { expires_at?: Timestamp }) = is_expired(c)',
    'import it with `use nhi.{ is_expired }`',
  ],
])('suggests how to import a name: %s', (uses, help) => {
  const { diagnostics } = checkText(`policy p\n${uses}\n${permit}`, files);
  expect(diagnostics.map((diagnostic) => diagnostic.help)).toEqual([help]);
});

test('checks only the imported names of another file', () => {
  const others = { 'a.nhipol': 'predicate late(at: Int) = context.never is at\nconst most = 1' };
  const using = (names: string, condition: string) =>
    checkText(
      `policy p\nuse { ${names} } from "a.nhipol"\ncontext {}\nfor any { deny x when ${condition} }`,
      others,
    ).found;
  expect(using('most', 'most > 0')).toEqual([]);
  expect(using('late', 'late(1)')).toEqual([
    'unknown-member «never» `context` has no member `never`',
  ]);
});

test('reports what a predicate of the vocabulary requires at its call', () => {
  const text = `policy p\nuse nhi.{ is_expired }\nsubject a { c: { expires_at?: Timestamp } }\nfor a { deny x when is_expired(subject.c) }`;
  expect(checkText(text).found).toEqual([
    'undeclared-context «is_expired(subject.c)» the policy declares no `context`',
  ]);
});

test('shows a place in the vocabulary with its file name and source', () => {
  const text = `policy p\nuse nhi.{ is_expired }\ncontext { time: Timestamp }\nsubject a { c: { expires_at?: Timestamp } }\nfor a { deny x when is_expired(subject.c, 1) }`;
  const { diagnostics } = checkText(text);
  const shown = render(diagnostics, new Map([['p.nhipol', text]]));
  expect(shown).toMatch(/├─ nhi\/credentials\.nhipol:\d+:11\n/);
  expect(shown).toContain('predicate is_expired(credential: { expires_at?: Timestamp })');
});

test('the sources of a policy include the vocabulary that it uses', () => {
  const { sources } = checkPolicy(`policy p\nuse nhi.{ RiskLevel }\n${permit}`);
  expect(sources.map(({ name }) => name)).toContain('nhi/risk.nhipol');
  const own = checkPolicy(
    `policy p\nuse { x } from "nhi/risk.nhipol"\nuse nhi.{ RiskLevel }\n${permit}`,
    {
      'nhi/risk.nhipol': 'const x = 1',
    },
  );
  expect(own.sources.filter(({ name }) => name === 'nhi/risk.nhipol')).toHaveLength(2);
});
