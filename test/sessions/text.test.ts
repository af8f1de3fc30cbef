// The names of history terms: they depend on the meaning of a term, not on how it is written.

import { collectPolicyHistory } from '@nhipol/language/model';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const head = `policy p
enum Level { low < high }
subject agent {}
action call { tool: String, "odd name"?: Int, level?: Level, tags: Set<String> = {} }
action any {}
resource any {}
context { time: Timestamp }
signals { failed: { reason?: String }, "re-opened": { at?: Timestamp, cost?: Decimal } }
const tool = "mail"
const most = 3
table risky: String -> Bool { "a": true }
window morning = 00:00..12:00 in "UTC"
predicate by_mail(name: String) = once(allowed doing call where event.action.tool is name)
`;

function describeTerms(condition: string): readonly string[] {
  const policy = checkPolicy(`${head}for agent doing call { deny a when ${condition} }`);
  return collectPolicyHistory(policy).map(({ term }) => term.text);
}

test.each([
  ['once(allowed)', 'once(allowed)'],
  [
    'once( decided   doing call,"b" on x, within 600s , )',
    'once(decided doing "b", "call" on "x", within 10m)',
  ],
  ['count(refused, within 1500ms) >= most', 'count(refused, within 1500ms) >= 3'],
  ['4 > count(refused)', 'count(refused) < 4'],
  [
    'since(signal "re-opened", allowed doing call)',
    'since(signal "re-opened", allowed doing "call")',
  ],
  [
    'last(signal failed).reason is "x"'.replace('failed', '"failed"'),
    'last(signal "failed").reason',
  ],
  [
    'last(allowed doing call).action."odd name" > 1',
    'last(allowed doing "call").action."odd name"',
  ],
  ['once(allowed per resource.id up to 4)', 'once(allowed per resource.id up to 4)'],
  [
    'once(allowed doing call per action.tool up to 4)',
    'once(allowed doing "call" per action.tool up to 4)',
  ],
  ['by_mail(tool)', 'once(allowed doing "call" where (event.action.tool is "mail"))'],
])('names the term of %s', (condition, text) => {
  expect(describeTerms(condition)).toEqual([text]);
});

test.each([
  [
    'event.action.level > low and event.action.tool is not tool',
    '((event.action.level > low) and (event.action.tool is not "mail"))',
  ],
  ['event.action.tool in { "b", "a" }', 'in(event.action.tool, { "b", "a" })'],
  [
    'event.action.tool matches glob"a*" ignoring case',
    'matches(glob"a*" "/" true, event.action.tool)',
  ],
  ['risky[event.action.tool]', 'risky[event.action.tool]'],
  ['event.time in morning', '(event.time in morning)'],
  ['weekday(event.time, "UTC") is Mon', '(weekday(event.time, "UTC") is Mon)'],
  [
    'any tag in event.action.tags satisfies tag is "x"',
    '(any tag in event.action.tags satisfies (tag is "x"))',
  ],
  [
    'if event.effect is deny then true else known(event.action.level)',
    '(if (event.effect is deny) then true else known(event.action.level))',
  ],
  ['(event.action."odd name" else 2) * 2 > 3', '(*((event.action."odd name" else 2), 2) > 3)'],
  ['not (event.action.level is missing)', 'not (event.action.level is missing)'],
])('names a term with `where %s`', (condition, text) => {
  expect(describeTerms(`once(decided doing call where ${condition})`)).toEqual([
    `once(decided doing "call" where ${text})`,
  ]);
});

test('terms with equal names are one term, and another constant makes another term', () => {
  const [first, second, third] = ['tool', '"mail"', '"file"'].map(
    (name) => describeTerms(`once(allowed doing call where event.action.tool is ${name})`)[0],
  );
  expect(first).toBe(second);
  expect(third).not.toBe(first);
});
