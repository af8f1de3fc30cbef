// Fixtures: the requests that they stand for, where their names come from, and what is refused in them.

import { expect, test } from 'vitest';
import { check } from '../../language/index.ts';
import { checked, policyOf } from '../support/checking.ts';

const head = `policy p
subject agent { level?: Int }
context { risk?: String, n?: Int }
table t: String -> Int {}
external table quotas: String -> Int
for any { permit ok otherwise deny full when quotas[subject.id] is t["a"], if unknown skip }
`;
const base =
  '{ subject: { type: agent, id: a }, action: { name: read }, resource: { type: r, id: i }, context: {} }';
const asks = (name: string) => `test "t" { request from ${name} expect permit }\n`;

function asked(text: string, others: Readonly<Record<string, string>> = {}): unknown {
  const [first] = policyOf(text, others).tests;
  return JSON.parse(first?.request ?? 'null');
}

test('one is made of another, with its own changes on top', () => {
  const text = `${head}
fixture higher from high with { context.n = 2, subject.level = 5 }
fixture high from base with { context.risk = HIGH, context.n = 1 }
fixture base from "base.json" with { context.n = 0, resource = missing }
${asks('higher')}`.replace(', resource = missing', '');
  expect(
    asked(text, { 'base.json': JSON.stringify({ subject: { type: 'agent', id: 'a' } }) }),
  ).toEqual({
    subject: { type: 'agent', id: 'a', properties: { level: 5 } },
    context: { n: 2, risk: 'HIGH' },
  });
});

test('a test begins with one, a session too, and changes it for itself alone', () => {
  const text = `${head.replace('risk?', 'time: Timestamp, risk?')}
fixture base ${base} with { context.time = 2026-03-03T10:00:00Z }
test "a" { request from base with { context.n = 1 } expect permit }
test "b" { session from base expect permit }
test "c" { request from base each context.n { 1 expect permit } }`;
  const { tests } = policyOf(text);
  expect(new Set(tests.map(({ request }) => request)).size).toBe(1);
  expect(tests.map(({ opens }) => opens)).toEqual([undefined, 1_772_532_000_000n, undefined]);
});

test('a long chain of fixtures is no deep recursion', () => {
  const chain = Array.from({ length: 5_000 }, (_, at) => `fixture f${at} from f${at + 1}\n`);
  const text = `${head}${chain.join('')}fixture f5000 ${base}\n${asks('f0')}`;
  expect(asked(text)).toHaveProperty('subject.id', 'a');
});

test('it is brought in as other names are, with the file beside which it stands', () => {
  const others = {
    'shared/fixtures.nhipol': `fixture base from "base.json" with { context.n = 1 }
fixture other from "base.json" with { context.nobody_declares_this = 1 }`,
    'shared/base.json': base.replace(/(\w+)(:)|(\w+)/g, (_, key, colon) =>
      colon ? `"${key}":` : `"${_}"`,
    ),
  };
  const text = `${head}use { base } from "shared/fixtures.nhipol"\n${asks('base')}`;
  expect(asked(text, others)).toMatchObject({ context: { n: 1 } });
  const { wanted } = check('p.nhipol', new Map([['p.nhipol', text]]));
  expect(wanted).toEqual(['shared/fixtures.nhipol']);
  const { 'shared/base.json': _, ...withoutBase } = others;
  const sources = new Map([...Object.entries(withoutBase), ['p.nhipol', text] as const]);
  expect(check('p.nhipol', sources).wanted).toEqual(['shared/base.json']);
});

test('one that another file has is told with the way to bring it in', () => {
  const others = { 'f.nhipol': `fixture base ${base}` };
  const { diagnostics } = checked(
    `${head}use { other } from "f.nhipol"\n${asks('base')}`.replace('use { other }', 'use {}'),
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
])('%s', (declared, said) => {
  const text = `${head}${declared}\n${asks('a').replace('from a', declared.includes('context') ? '{}' : 'from a')}`;
  expect(checked(text, { 'list.json': '[]' }).found).toEqual(said);
});

test('a change that fits no declaration is told once, however many take it', () => {
  const text = `${head}fixture a ${base} with { context.rsk = HIGH }
fixture b from a\n${asks('a')}${asks('b')}`;
  const { found } = checked(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('unknown-member «rsk»');
});

test('one that nothing takes is told', () => {
  const text = `${head}fixture a ${base}\nfixture b from a\nfixture c from b\n${asks('b')}`;
  expect(checked(text).warned).toContain('unused «c» the fixture `c` is not used by any test');
  expect(checked(text).warned.filter((each) => each.includes('fixture'))).toHaveLength(1);
});
