// Where a map cannot be used: as a value of an answer, of a table or of a comparison.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = 'policy p\nresource any { labels: Map<String, String> }\n';

test.each([
  ['permit ok otherwise because "{resource.labels}"', 'wrong-type «resource.labels»'],
  ['permit ok when "{resource.labels}" is "x"', 'wrong-type «resource.labels»'],
  ['permit ok when resource.labels is resource.labels', 'not-comparable'],
  ['permit ok when "a" in resource.labels', 'foreign-word «"a" in resource.labels»'],
  ['permit ok when resource.labels["a", "b"] is "x"', 'wrong-arity'],
  ['permit ok when resource.labels[5] is "x"', 'wrong-type «5»'],
  ['permit ok when resource.labels.a is "x"', 'unknown-member «a»'],
])('reports the rule %s', (rule, message) => {
  const [found, ...others] = checkText(`${declared}for any { ${rule} }`).found;
  expect(found).toContain(message);
  expect(others).toEqual([]);
});

test.each([
  ['constraint c: Map<String, String> must agree', 'bad-constraint'],
  ['obligation o: custom { m: Map<String, String> }', 'bad-obligation'],
  ['table t: String -> Map<String, String> {}', 'bad-table'],
  ['resource other { m: List<Map<String, String>> }', 'bad-element'],
])('reports the declaration %s', (declaration, message) => {
  const [found, ...others] = checkText(
    `${declared}${declaration}\nfor any { permit ok otherwise }`,
  ).found;
  expect(found).toContain(message);
  expect(others).toEqual([]);
});
