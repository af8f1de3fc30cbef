// Tables with records as values: the errors in their types and rows, and what they are read from.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';

const permit = 'for any { permit ok otherwise }';
const signature = 'String -> { team: String, level?: Int(0..9), tags?: Set<String> }';

function listErrors(declaration: string, files: Readonly<Record<string, string>> = {}) {
  return checkText(`policy p\ntable t: ${declaration}\n${permit}`, files).found;
}

test.each([
  [`${signature} { "a": {} }`, 'bad-table «{}» this row has no `team`'],
  [`${signature} { "a": { team: 5 } }`, 'wrong-type «5» expected String, found Int'],
  [`${signature} { "a": { team: "x", level: 10 } }`, 'out-of-range «10»'],
  [`${signature} { "a": { team: "x", lvel: 1 } }`, 'unknown-member «lvel»'],
  [`${signature} { "a": { team: "x", team: "y" } }`, 'duplicate-member «team»'],
  [`${signature} { "a": "x" }`, 'bad-table «"x"» this row is not a record'],
  ['String -> Int { "a": { team: 5 } }', 'bad-table «{ team: 5 }» this row is a record'],
  ['String -> { a: List<Int> } {}', 'must be a single value or a set'],
  ['String -> { a: { b: Int } } {}', 'must be a single value or a set'],
  ['String -> { a: secret Int } {}', 'cannot be `secret`'],
  ['String -> { a: Int = 5 } {}', 'has no default'],
])('reports the row or type of %s', (declaration, message) => {
  const [first, ...others] = listErrors(declaration);
  expect(first).toContain(message);
  expect(others).toEqual([]);
});

test('refuses records in an external table', () => {
  expect(checkText(`policy p\nexternal table t: ${signature}\n${permit}`).found).toEqual([
    'bad-table «{ team: String, level?: Int(0..9), tags?: Set<String> }» an external table cannot have records as values',
  ]);
});

test.each([
  ['{ "a": {} }', '$.a.team: expected a string, found nothing'],
  ['{ "a": { "team": null } }', '$.a.team: expected a string, found nothing'],
  ['{ "a": "x" }', '$.a: expected an object, found a string'],
  ['{ "a": { "team": 5 } }', '$.a.team: expected a string, found a number'],
  ['{ "a": { "team": "x", "tags": [1] } }', '$.a.tags[0]: expected a string, found a number'],
  [
    '{ "a": { "team": "x", "team": "y" } }',
    '$.a.team: expected unique keys, found a duplicate key',
  ],
])('reports the error in the row %s', (text, message) => {
  expect(listErrors(`${signature} from "t.json"`, { 't.json': text })).toEqual([
    `bad-table «"t.json"» \`t.json\`: ${message}`,
  ]);
});

test.each([
  ['name,team,lvel\na,x,1\n', 'row 1: no member of the record is called `lvel`'],
  [
    'name,team,tags\na,x,y\n',
    'row 1: `tags` is a set, which a cell cannot contain: write the table as JSON',
  ],
  ['name,level\na,5\n', 'row 2: $.a.team: expected a string, found nothing'],
  [
    'name,team,level\na,x,five\n',
    'row 2: $.a.level: expected an integer in 0..9 (Int), found a string',
  ],
])('reports the error in the CSV %j', (text, message) => {
  expect(listErrors(`${signature} from "t.csv"`, { 't.csv': text })).toEqual([
    `bad-table «"t.csv"» \`t.csv\`, ${message}`,
  ]);
});

test('the policy, JSON and CSV result in the same rows', () => {
  const rows = (declaration: string, files: Readonly<Record<string, string>> = {}) =>
    checkPolicy(`policy p\ntable t: ${declaration}\n${permit}`, files).tables[0]?.rows;
  const expected = rows(`${signature} { "a": { level: 5, team: "x" }, "b": { team: "y" } }`);
  const json =
    '{ "a": { "team": "x", "level": 5, "more": [] }, "b": { "team": "y", "level": null } }';
  const csv = 'name,level,team\na,5,x\nb,,y\n';
  const plain = (each: typeof expected) =>
    each?.map(({ keys, members }) => [keys, new Map([...(members ?? [])].sort())]);
  expect(plain(rows(`${signature} from "t.json"`, { 't.json': json }))).toEqual(plain(expected));
  expect(plain(rows(`${signature} from "t.csv"`, { 't.csv': csv }))).toEqual(plain(expected));
});

test.each([
  ['t["a"]', 'not-a-value'],
  ['t["a"].tem is "x"', 'unknown-member «tem»'],
  ['t["a"].team is present', 'presence-of-value'],
])('reports the condition %s', (condition, message) => {
  const policy = `policy p\ntable t: ${signature} { "a": { team: "x" } }\nfor any { permit ok when ${condition} }`;
  const [first, ...others] = checkText(policy).found;
  expect(first).toContain(message);
  expect(others).toEqual([]);
});
