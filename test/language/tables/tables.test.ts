// Tables: from JSON and CSV, the errors in them, and external tables, which are filled at run time.

import { fillTable } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';

const permit = 'for any { permit ok otherwise }';

function fromFile(type: string, file: string, text: string): readonly string[] {
  const policy = `policy p\nenum Level { low, high, else low }\ntable t: ${type} from "${file}"\n${permit}`;
  return checkText(policy, { [file]: text }).found.map((line) =>
    line.replace(/^bad-table «.*?» /, ''),
  );
}

test.each([
  ['String -> Int', '{ "a": 1, "a": 2 }', '$.a: expected unique keys, found a duplicate key'],
  [
    'Decimal -> Int',
    '{ "1": 1, "1.0": 2 }',
    '$["1.0"]: expected unique keys, found a duplicate key',
  ],
  [
    'Ip -> Int',
    '{ "::ffff:10.0.0.1": 1, "10.0.0.1": 2 }',
    '$["10.0.0.1"]: expected unique keys, found a duplicate key',
  ],
  [
    '(String, Int) -> Int',
    '{ "a": {}, "a": {} }',
    '$.a: expected unique keys, found a duplicate key',
  ],
  ['String -> Int', '[]', '$: expected an object, found an array'],
  ['(String, Int) -> Int', '{ "a": 1 }', '$.a: expected an object, found a number'],
  ['Int -> Int', '{ "01": 1 }', '$: expected a key that is an integer (Int), found "01"'],
  [
    '(String, Bool) -> Int',
    '{ "a": { "yes": 1 } }',
    '$.a: expected a key that is a boolean, found "yes"',
  ],
  [
    'String -> Level',
    '{ "a": "medium" }',
    '$.a: expected one of the strings low, high (Level), found an invalid value',
  ],
  [
    'String -> Set<Int>',
    '{ "a": [1, 1.5] }',
    '$.a[1]: expected an integer (Int), found a fractional number',
  ],
  ['String -> Set<Int>', '{ "a": 1 }', '$.a: expected an array, found a number'],
  ['String -> Bool', '{ "a": null }', '$.a: expected a boolean, found null'],
  ['String -> Int', '{ "a": 1', '$: expected valid JSON, found an unexpected byte'],
])('reports the error in JSON for a table %s: %s', (type, text, message) => {
  expect(fromFile(type, 't.json', text)).toEqual([`\`t.json\`: ${message}`]);
});

test('reports the first error, and a duplicate key only if there is no other error', () => {
  expect(fromFile('String -> Int', 't.json', '{ "a": 1, "a": "x", "b": "y" }')).toEqual([
    '`t.json`: $.a: expected an integer (Int), found a string',
  ]);
});

test.each([
  ['String -> Int', '', 'row 1: the first row, which names the columns, is missing'],
  [
    'String -> Int',
    'name,count\na,1\na,2\n',
    'row 3: $.a: expected unique keys, found a duplicate key',
  ],
  ['String -> Int', 'name,count\na,1,2\n', 'row 2: 3 cells, where the table has 2 columns'],
  [
    'String -> Int',
    'a,1\nb,2\n',
    'row 1: the first row must name the columns, and this one looks like an entry',
  ],
  ['String -> Int', 'name,count\na,one\n', 'row 2: $.a: expected an integer (Int), found a string'],
  ['String -> Int', 'name,count\na, 1\n', 'row 2: $.a: expected an integer (Int), found a string'],
  [
    'String -> Level',
    'name,level\n\na,medium\n',
    'row 3: $.a: expected one of the strings low, high (Level), found an invalid value',
  ],
  [
    '(String, Int) -> Int',
    'name,at,count\na,x,1\n',
    'row 2: $.a: expected a key that is an integer (Int), found "x"',
  ],
  [
    'String -> Int',
    'name,count\n"a,1\n',
    'row 2: a quoted cell is not closed, or has text after the closing quote',
  ],
])('reports the error in CSV for a table %s: %j', (type, text, message) => {
  expect(fromFile(type, 't.csv', text)).toEqual([`\`t.csv\`, ${message}`]);
});

test('CSV and JSON result in the same table', () => {
  const rows = (file: string, text: string) =>
    checkPolicy(`policy p\ntable t: (String, Bool) -> Set<Duration> from "${file}"\n${permit}`, {
      [file]: text,
    }).tables[0]?.rows;
  expect(rows('t.csv', 'a,b,c\r\nx,true,1.5\r\n"y ""z""",false,\r\nx,true,2\r\n')).toEqual(
    rows('t.json', '{ "x": { "true": [1.5, 2] }, "y \\"z\\"": { "false": [] } }'),
  );
});

test('reports a missing file at its name', () => {
  expect(checkText(`policy p\ntable t: String -> Int from "none.csv"\n${permit}`).found).toEqual([
    'missing-file «"none.csv"» cannot read `none.csv`',
  ]);
});

test.each([
  [
    'external table t: String -> Int { "a": 1 }',
    'external-contents «{ "a": 1 }» an external table cannot have rows in the policy',
  ],
  [
    'external table t: String -> Int from "t.json"',
    'external-contents «from "t.json"» an external table cannot have rows in the policy',
  ],
  [
    'external table t: String -> Int\nconst most = t["a"]',
    'not-constant «t["a"]» a `const` must be known when the policy is compiled',
  ],
])('reports the error about an external table: %s', (text, message) => {
  expect(checkText(`policy p\n${text}\n${permit}`).found).toEqual([message]);
});

test('external tables of two files must have different names', () => {
  const text = `policy p\nuse { a } from "a.nhipol"\nexternal table t: String -> Int\n${permit}`;
  const others = {
    'a.nhipol': 'external table t: String -> Int\npredicate a(s: String) = t[s] > 1',
  };
  expect(checkText(text, others).found).toEqual(['duplicate-name «t» `t` is declared twice']);
});

const filling = (changes: string) => `policy p
external table t: String -> Int(0..9)
table u: String -> Int { "a": 1 }
${permit}
test "filled" {
  request { subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e } }
  with { ${changes} }
  expect permit
}`;

test.each([
  [
    'table.t = { a: 10 }',
    'bad-test «{ a: 10 }» $.a: expected an integer in 0..9 (Int), found an invalid value',
  ],
  ['table.t.a = 1', 'bad-test «table.t.a» a table is set as a whole: `table.name = { … }`'],
  ['table.v = {}', 'unknown-table «v» unknown table `v`'],
  ['table.u = {}', 'bad-test «u» `u` is not external: its rows are in the policy'],
])('reports invalid contents of a table in a test: %s', (change, message) => {
  expect(
    checkText(filling(change)).found.map((line) => line.replace(/: did you mean.*$/, '')),
  ).toEqual([message]);
});

test('a test can fill and empty tables', () => {
  const { tests } = checkPolicy(filling('table.t = { "a b": 3 }, table.t = missing'));
  expect(tests[0]?.steps[0]?.tables.map(({ table, json }) => [table.name, json])).toEqual([
    ['t', '{"a b":3}'],
    ['t', undefined],
  ]);
});

const request = JSON.stringify({
  subject: { type: 'a', id: 'b' },
  action: { name: 'c' },
  resource: { type: 'd', id: 'e' },
  context: { s: 'x' },
});

test('each file has its own tables', async () => {
  const policy = checkPolicy(
    `policy p
use { two } from "a.nhipol"
context { s?: String }
table t: String -> Int { "x": 1 }
for any { permit first when t[context.s] is 1
permit second when two(context.s) }`,
    { 'a.nhipol': 'table t: String -> Int { "x": 2 }\npredicate two(s: String) = t[s] is 2' },
  );
  const [byModule] = await modules([policy]);
  expect(evaluator(policy)(request).reasons).toEqual(['first', 'second']);
  expect(byModule?.(request).reasons).toEqual(['first', 'second']);
});

test('filling a table returns a new policy and does not change the old one', () => {
  const policy = checkPolicy(`policy p
context { s?: String }
external table t: String -> Int
for any { permit one when t[context.s] is 1 }`);
  const filled = fillTable(policy, 't', new TextEncoder().encode('{"x": 1}'));
  expect(evaluator(policy)(request).reasons).toEqual(['default_deny']);
  expect('policy' in filled && evaluator(filled.policy)(request).reasons).toEqual(['one']);
  const refused = fillTable(policy, 't', new TextEncoder().encode('{"x": "1"}'));
  expect(refused).toMatchObject({ error: { code: 'wrong_type', path: '$.x', offset: 6 } });
});
