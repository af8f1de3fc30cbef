// Properties of formatting, for every policy: the syntax tree, the words and the places of comments stay the same, and
// formatting again changes nothing. A failing policy is not shrunk, because that takes minutes.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Reporter } from '@nhipol/language';
import { print } from '@nhipol/language/format';
import { parse } from '@nhipol/language/syntax';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileArbitrary } from '../../support/arbitraries/ast-arbitrary.ts';
import { mangleText } from '../../support/arbitraries/mangled.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { wordsAndComments } from '../../support/arbitraries/words-and-comments.ts';
import { runs } from '../../support/budget.ts';
import { formatOrFail } from '../../support/pages/formatting.ts';
import { withoutSpans } from '../../support/references/without-spans.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folders = [
  'benchmarks/policies',
  'cli/templates',
  'examples',
  'language/vocabulary/nhi',
  'test/cases',
];
const policies = folders.flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.nhipol'))
    .map((name) => `${folder}/${name}`),
);

function parseWithoutSpans(text: string): unknown {
  const reporter = new Reporter();
  const tree = withoutSpans(parse('p.nhipol', text, reporter));
  return { tree, found: reporter.diagnostics.map(({ message }) => message) };
}

function expectKept(text: string): void {
  const once = formatOrFail(text);
  expect(wordsAndComments(once), text).toEqual(wordsAndComments(text));
  expect(parseWithoutSpans(once), once).toEqual(parseWithoutSpans(text));
  expect(formatOrFail(once)).toBe(once);
  expect(once).not.toMatch(/[ \t\r]$/m);
  // Blank lines: never two, and none at the ends of the file and of braces. A comment may end with a brace.
  expect(once.replace(/\/\/.*/g, '//')).not.toMatch(/\n\n\n|\{\n\n|\n\n *\}|^\n|\n\n$/);
}

test.for(policies)('%s is in the canonical style', (path) => {
  const text = readFileSync(root + path, 'utf8');
  expect(formatOrFail(text)).toBe(text);
  expectKept(text);
});

test('formatting mangled policies of the repository keeps their meaning and comments', () => {
  const texts = policies.map((path) => readFileSync(root + path, 'utf8'));
  fc.assert(fc.property(fc.constantFrom(...texts).chain(mangleText), expectKept), {
    numRuns: runs(40),
    endOnFailure: true,
  });
});

test('formatting mangled generated programs keeps their meaning and comments', () => {
  const texts = programs.map(({ text }) => text);
  fc.assert(fc.property(texts.chain(mangleText), expectKept), {
    numRuns: runs(60),
    endOnFailure: true,
  });
});

test('formatting mangled generated trees keeps their meaning and comments', () => {
  fc.assert(fc.property(fileArbitrary.map(print).chain(mangleText), expectKept), {
    numRuns: runs(300),
    endOnFailure: true,
  });
});
