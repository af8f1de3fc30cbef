// Members of enums that are not identifiers: where a string is a member, and where it is a string.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { formatOrFail } from '../../support/pages/formatting.ts';

const declared = `policy p
enum Region { "New York", London, "eu-west-1", "not", else "eu-west-1" }
enum Size { "very small" < small < "not so big" }
subject agent { home: Region = "New York", regions: Set<Region> = { London, "eu-west-1" }, name?: String }
resource room { region?: Region, size?: Size }
table limits: Region -> Int { "New York": 1, London: 2, "eu-west-1": 3 }
table sizes: String -> Size { "a": "very small" }
constraint region: Region must agree
predicate far(region: Region) = region is not "London"
`;

function listErrors(condition: string): readonly string[] {
  return checkText(`${declared}for agent on room { permit ok when ${condition} }`).found;
}

test.for([
  'resource.region is "New York"',
  '"New York" is resource.region',
  'resource.region is London',
  'resource.region is "London"',
  'resource.region is Region."eu-west-1"',
  'resource.region in { "New York", London, "not" }',
  '"eu-west-1" in subject.regions',
  'subject.regions within { "New York" }',
  '(resource.region else "New York") is not "not"',
  '(if known(resource.size) then "New York" else resource.region) is subject.home',
  'resource.size >= "not so big"',
  'limits[resource.region] > limits["New York"]',
  'sizes["a"] < resource.size',
  'far("New York")',
  '"{resource.region}" is "New York"',
])('reads a member in %s', (condition) => {
  expect(listErrors(condition)).toEqual([]);
});

test.for([
  [
    'resource.region is "New Yrok"',
    'unknown-member «"New Yrok"» `Region` has no member `New Yrok`: did you mean `New York`?',
  ],
  [
    'resource.region is NewYork',
    'unknown-name «NewYork» unknown name `NewYork`: did you mean `New York`?',
  ],
  [
    'resource.region is Region."eu-west-2"',
    'unknown-member «"eu-west-2"» `Region` has no member `eu-west-2`: did you mean `eu-west-1`?',
  ],
  [
    'resource.region in { "New York", "Berlin" }',
    'unknown-member «"Berlin"» `Region` has no member `Berlin`',
  ],
  [
    'resource.region starts_with "New"',
    'wrong-operands «resource.region starts_with "New"» `starts_with` takes two strings, found Region and String',
  ],
  ['resource.region is subject.name', 'wrong-type «subject.name» expected Region, found String'],
] as const)('reports %s', ([condition, message]) => {
  expect(listErrors(condition)).toEqual([message]);
});

test('a string that is not compared with an enum is a string', () => {
  expect(listErrors('subject.name is "New York" and "London" is subject.name')).toEqual([]);
});

test('the declaration and the help quote the members that need it', () => {
  const text = `${declared}for agent on room { permit ok when resource.region is 5 }`;
  const [diagnostic] = checkText(text).diagnostics;
  expect(diagnostic?.help).toBe(
    'the members of `Region` are `"New York"`, `London`, `"eu-west-1"`, `not`',
  );
});

test('a member is the same with and without quotes', () => {
  const { found: repeated } = checkText(
    'policy p\nenum E { a, "a" }\nfor any { permit p otherwise }',
  );
  expect(repeated).toEqual(['duplicate-member «"a"» member `a` is declared twice']);
});

test('the formatter preserves the quotes', () => {
  const text = `${declared}\nfor agent on room {\n  permit ok when resource.region in { "New York", London, "London" }\n}\n`;
  const once = formatOrFail(text);
  expect(once).toContain(
    'enum Region { "New York", London, "eu-west-1", "not", else "eu-west-1" }',
  );
  expect(once).toContain('{ "New York", London, "London" }');
});

test('terms of history with different sets of members are different', () => {
  const policy = (members: string) =>
    checkPolicy(`policy p
enum E { a, b, "a, b" }
action run { e?: E }
context { time: Timestamp }
for any doing run { deny no when once(allowed doing run where event.action.e in { ${members} }) }`);
  const term = (members: string) => {
    const [rule] = policy(members).rules;
    const condition = rule?.condition;
    return condition?.kind === 'History' ? condition.term.text : undefined;
  };
  expect(term('a, b')).toContain('{ a, b }');
  expect(term('"a, b"')).toContain('{ "a, b" }');
});
