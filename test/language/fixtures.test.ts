// Fixtures: the requests that they define, how their names are resolved, and their errors.

import { check } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../support/checking.ts';

const head = `policy p
subject agent { level?: Int }
context { risk?: String, n?: Int }
table t: String -> Int {}
external table quotas: String -> Int
for any { permit ok otherwise deny full when quotas[subject.id] is t["a"], if unknown skip }
`;
const base =
  '{ subject: { type: agent, id: a }, action: { name: read }, resource: { type: r, id: i }, context: {} }';
const writeTest = (name: string) => `test "t" { request from ${name} expect permit }\n`;

function readRequest(text: string, others: Readonly<Record<string, string>> = {}): unknown {
  const [first] = checkPolicy(text, others).tests;
  return JSON.parse(first?.request ?? 'null');
}

test('a fixture changes the request of another fixture', () => {
  const text = `${head}
fixture higher from high with { context.n = 2, subject.level = 5 }
fixture high from base with { context.risk = HIGH, context.n = 1 }
fixture base from "base.json" with { context.n = 0, resource = missing }
${writeTest('higher')}`.replace(', resource = missing', '');
  expect(
    readRequest(text, { 'base.json': JSON.stringify({ subject: { type: 'agent', id: 'a' } }) }),
  ).toEqual({
    subject: { type: 'agent', id: 'a', properties: { level: 5 } },
    context: { n: 2, risk: 'HIGH' },
  });
});

test('tests and sessions start with a fixture, and their changes do not affect other tests', () => {
  const text = `${head.replace('risk?', 'time: Timestamp, risk?')}
fixture base ${base} with { context.time = 2026-03-03T10:00:00Z }
test "a" { request from base with { context.n = 1 } expect permit }
test "b" { session from base expect permit }
test "c" { request from base each context.n { 1 expect permit } }`;
  const { tests } = checkPolicy(text);
  expect(new Set(tests.map(({ request }) => request)).size).toBe(1);
  expect(tests.map(({ opens }) => opens)).toEqual([undefined, 1_772_532_000_000n, undefined]);
});

test('a long chain of fixtures does not recurse deeply', () => {
  const chain = Array.from({ length: 5_000 }, (_, at) => `fixture f${at} from f${at + 1}\n`);
  const text = `${head}${chain.join('')}fixture f5000 ${base}\n${writeTest('f0')}`;
  expect(readRequest(text)).toHaveProperty('subject.id', 'a');
});

test('a fixture is imported like other names, and its files are resolved relative to its own file', () => {
  const others = {
    'shared/fixtures.nhipol': `fixture base from "base.json" with { context.n = 1 }
fixture other from "base.json" with { context.nobody_declares_this = 1 }`,
    'shared/base.json': base.replace(/(\w+)(:)|(\w+)/g, (_, key, colon) =>
      colon ? `"${key}":` : `"${_}"`,
    ),
  };
  const text = `${head}use { base } from "shared/fixtures.nhipol"\n${writeTest('base')}`;
  expect(readRequest(text, others)).toMatchObject({ context: { n: 1 } });
  const { wanted } = check('p.nhipol', new Map([['p.nhipol', text]]));
  expect(wanted).toEqual(['shared/fixtures.nhipol']);
  const { 'shared/base.json': _, ...withoutBase } = others;
  const sources = new Map([...Object.entries(withoutBase), ['p.nhipol', text] as const]);
  expect(check('p.nhipol', sources).wanted).toEqual(['shared/base.json']);
});

test('an unknown fixture that another file declares is reported with its import', () => {
  const others = { 'f.nhipol': `fixture base ${base}` };
  const { diagnostics } = checkText(
    `${head}use { other } from "f.nhipol"\n${writeTest('base')}`.replace('use { other }', 'use {}'),
    others,
  );
  const found = diagnostics.find(({ code }) => code === 'unknown-fixture');
  expect(found?.help).toBe('import it with `use { base } from "f.nhipol"`');
});

test.each([
  ['fixture a from a', ['circular «a» `a` depends on itself: a → a']],
  [
    'fixture a from b\nfixture b from c\nfixture c from b',
    ['circular «b» `b` depends on itself: b → c → b'],
  ],
  ['fixture a {}\nfixture a {}', ['duplicate-name «a» `a` is declared twice']],
  [
    'fixture context {}',
    ['shadowed-name «context» `context` would hide part of every request of the same name'],
  ],
  ['fixture a from "nowhere.json"', ['bad-test «"nowhere.json"» cannot read `nowhere.json`']],
  ['fixture a from "list.json"', ['bad-test «"list.json"» `list.json` is not a JSON object']],
  [
    'fixture a {} with { table.quotas = {} }',
    [
      'bad-test «table.quotas» a fixture contains only a request: the test sets the rows of a table',
    ],
  ],
  [
    'fixture a {} with { action = read }',
    ['bad-test «read» `action` must be replaced by an object: `action = { … }`'],
  ],
])('reports the error in %s', (declared, expected) => {
  const text = `${head}${declared}\n${writeTest('a').replace('from a', declared.includes('context') ? '{}' : 'from a')}`;
  expect(checkText(text, { 'list.json': '[]' }).found).toEqual(expected);
});

test('an invalid change is reported once, however many tests use the fixture', () => {
  const text = `${head}fixture a ${base} with { context.rsk = HIGH }
fixture b from a\n${writeTest('a')}${writeTest('b')}`;
  const { found } = checkText(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('unknown-member «rsk»');
});

test('an unused fixture is reported', () => {
  const text = `${head}fixture a ${base}\nfixture b from a\nfixture c from b\n${writeTest('b')}`;
  expect(checkText(text).warned).toContain('unused «c» the fixture `c` is not used by any test');
  expect(checkText(text).warned.filter((each) => each.includes('fixture'))).toHaveLength(1);
});
