// Transitive tables: what a key leads to, cycles, and limits, in both engines.

import { fillTable } from '@nhipol/language';
import { TableError } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';

const rules = `for any {
  permit known when known(above[context.s])
  deny below when context.top in above[context.s], if unknown skip
  deny nothing when size(above[context.s]) is 0, if unknown skip
}`;
const context = 'context { s?: String, top?: String }\n';
const rows = '{ "a": { "b", "c" }, "b": { "d" }, "c": { "d" }, "d": { "e" } }';
const json = '{ "a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e"] }';
const external = checkPolicy(
  `policy p\n${context}external transitive table above: String -> Set<String>\n${rules}`,
);
const written = [
  checkPolicy(
    `policy p\n${context}transitive table above: String -> Set<String> ${rows}\n${rules}`,
  ),
  checkPolicy(
    `policy p\n${context}transitive table above: String -> Set<String> from "above.json"\n${rules}`,
    { 'above.json': json },
  ),
  checkPolicy(
    `policy p\n${context}transitive table above: String -> Set<String> from "above.csv"\n${rules}`,
    { 'above.csv': 'name,above\na,b\na,c\nb,d\nc,d\nd,e\n' },
  ),
];
const compiled = await modules([...written, external]);
const tables = new Map([['above', json]]);
const engines = [
  ...[...written.map(evaluator), ...compiled.slice(0, 3)].map((ask) => ({
    ask,
    tables: undefined,
  })),
  ...[evaluator(external), ...compiled.slice(3)].map((ask) => ({ ask, tables })),
];

function reasons(s: string, top: string): readonly (readonly string[])[] {
  const request = JSON.stringify({
    subject: { type: 'a', id: 'b' },
    action: { name: 'c' },
    resource: { type: 'd', id: 'e' },
    context: { s, top },
  });
  return engines.map(({ ask, tables: contents }) => ask(request, undefined, contents).reasons);
}

test.each([
  ['a', 'b', ['below']],
  ['a', 'd', ['below']],
  ['a', 'e', ['below']],
  ['a', 'a', ['known']],
  ['b', 'c', ['known']],
  ['d', 'e', ['below']],
  ['e', 'a', ['nothing']],
  ['x', 'a', ['default_deny']],
])('from %s to %s: %j', (s, top, expected) => {
  expect(reasons(s, top)).toEqual(engines.map(() => expected));
});

function findTableError(text: string): unknown {
  const filled = fillTable(external, 'above', new TextEncoder().encode(text));
  const error = 'error' in filled ? filled.error : undefined;
  try {
    compiled[3]?.('', undefined, new Map([['above', text]]));
    expect(error).toBeUndefined();
  } catch (failure) {
    if (!(failure instanceof TableError)) throw failure;
    const { code, path, expected, found, offset } = failure;
    expect({ code, path, expected, found, offset }).toEqual(error);
  }
  return error;
}

const chain = (length: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length }, (_, at) => [`k${at}`, [`k${at + 1}`]])));

test.each([
  ['{ "a": ["a"] }', 'cycle', '$.a'],
  ['{ "a": ["b"], "b": ["c"], "c": ["b"] }', 'cycle', '$.b'],
  ['{ "x y": ["b"], "b": ["x y"] }', 'cycle', '$["x y"]'],
  [chain(257), 'too_many', '$.k0'],
  ['{ "a": "b" }', 'wrong_type', '$.a'],
])('both engines refuse %s', (text, code, path) => {
  expect(findTableError(text)).toMatchObject({ code, path });
});

test('a key can lead to 256 others', () => {
  expect(findTableError(chain(256))).toBeUndefined();
  expect(findTableError(json)).toBeUndefined();
});

test('reports a cycle in a file with its keys', () => {
  const policy = `policy p\n${context}transitive table above: String -> Set<String> from "above.json"\n${rules}`;
  expect(checkText(policy, { 'above.json': '{ "a": ["b"], "b": ["a"] }' }).found).toEqual([
    'table-cycle «"above.json"» `a` leads back to itself: `a`, `b`, `a`',
  ]);
});

test.each([
  ['String -> String { "a": "b" }', 'String'],
  ['(String, String) -> Set<String> { ("a", "b"): { "c" } }', 'Set<String>'],
  ['String -> Set<Int> { "a": { 1 } }', 'Set<Int>'],
])('refuses the transitive table %s', (signature, underlined) => {
  const policy = `policy p\ntransitive table above: ${signature}\nfor any { permit ok otherwise }`;
  expect(checkText(policy).found).toEqual([
    `bad-table «${underlined}» the values of a transitive table are sets of its keys: \`String -> Set<String>\``,
  ]);
});

test('reports a key in the policy that leads to too many others', () => {
  const entries = Array.from({ length: 257 }, (_, at) => `"k${at}": { "k${at + 1}" }`).join(', ');
  const policy = `policy p\ntransitive table above: String -> Set<String> { ${entries} }\nfor any { permit ok otherwise }`;
  expect(checkText(policy).found).toEqual([
    'bad-table «"k0"» this key leads to more than 256 elements',
  ]);
});
