// docs/language.md holds: each whole policy in it checks and passes its own tests, each part of one
// can be parsed, and what the language has by name is named.

import { readFileSync } from 'node:fs';
import { toAuthZen } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { builtins } from '../../language/builtins/index.ts';
import { check, errorTable, evaluate, limits, parse, Reporter } from '../../language/index.ts';
import { reservedWords } from '../../language/tokens.ts';
import { runTests } from '../../testing/run-tests.ts';
import { filled } from '../../testing/tables.ts';

const page = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8');
const prose = page.replace(/\s+/g, ' ');

interface Block {
  /** `nhipol`, `nhipol-part`, `nhipol-file`, `json`, … */
  readonly language: string;
  /** What stands behind it: a file's name. */
  readonly title: string;
  readonly text: string;
  readonly line: number;
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
  ({ 1: language = '', 2: title = '', 3: text = '', index }) => ({
    language,
    title,
    text,
    line: page.slice(0, index).split('\n').length,
  }),
);
const wholes = blocks.filter(({ language }) => language === 'nhipol');
const files = new Map(
  blocks.filter(({ title }) => title !== '').map(({ title, text }) => [title, text] as const),
);
const entry = 'policy.nhipol';

function policyOf({ text }: Block) {
  return check(entry, new Map([...files, [entry, text]]));
}

test('the page has policies, parts and a grammar, and no block of another kind', () => {
  const kinds = new Set(blocks.map(({ language }) => language));
  expect([...kinds].sort()).toEqual([
    'csv',
    'ebnf',
    'json',
    'nhipol',
    'nhipol-file',
    'nhipol-part',
  ]);
  expect(wholes.length).toBeGreaterThan(8);
});

for (const whole of wholes) {
  test(`the policy in line ${whole.line} checks, and passes its tests`, () => {
    const { policy, diagnostics, wanted } = policyOf(whole);
    expect({ diagnostics, wanted }).toEqual({ diagnostics: [], wanted: [] });
    if (policy === undefined) throw new Error('no policy');
    const results = runTests(policy, (request, now, tables) =>
      evaluate(filled(policy, tables), request, {
        now,
        by: now === undefined ? 'request' : 'host',
      }),
    );
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
  });
}

for (const { text, line } of blocks.filter(({ language }) => language === 'nhipol-part')) {
  test(`the part in line ${line} is declarations, rules or expressions`, () => {
    const readings = [text, `for any {\n${text}\n}`, text.trimEnd().replace(/^/gm, 'const x = ')];
    const findings = readings.map((reading) => {
      const reporter = new Reporter();
      parse('part.nhipol', reading, reporter);
      return reporter.diagnostics.map(({ message }) => message);
    });
    expect(findings).toContainEqual([]);
  });
}

test("the tutorial's answer is the one that its last policy gives", () => {
  const tutorial = wholes.findLast(({ line }) => line < page.split('\n').indexOf('## Reference'));
  const policy = tutorial && policyOf(tutorial).policy;
  if (policy === undefined) throw new Error('no policy');
  const request = new TextEncoder().encode(files.get('read.json'));
  const answer = toAuthZen(evaluate(policy, request, { now: undefined, by: 'request' }));
  expect(answer).toEqual(JSON.parse(files.get('answer') ?? ''));
});

test('every builtin is named and explained', () => {
  const rows = page
    .split('\n')
    .filter((row) => row.startsWith('| `'))
    .map((row) => row.replaceAll(/ +/g, ' '));
  const missing = [...builtins.values()].filter(
    ({ name, doc }) => !rows.some((row) => row.includes(name) && row.endsWith(`| ${doc} |`)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('the reserved words are listed', () => {
  expect(prose).toContain([...reservedWords].map((word) => `\`${word}\``).join(', '));
});

test('each way in which a request can be invalid is told', () => {
  expect(Object.keys(errorTable).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test('the limits of a request are those in force', () => {
  const section = page.slice(page.indexOf('### Limits'), page.indexOf('| of a policy'));
  const found = [...section.matchAll(/\| ([\d,]+) /g)].map(([, n = '']) =>
    Number(n.replace(',', '')),
  );
  const { requestBytes, stringBytes, elements, depth } = limits;
  expect(found).toEqual([requestBytes, stringBytes, elements, depth]);
});

test('every link within the page leads somewhere', () => {
  const anchors = new Set(
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = '']) => anchor);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});
