// Secret members: how secrecy follows a value through expressions, and what it does not restrict.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';

const declared = `policy p
enum Level { LOW < HIGH }
record Card { number: secret String, name: String }
subject agent { key: secret String, keys: secret Set<String>, flags: secret Set<Bool>, flag: secret Bool, owner: String, card: Card, cards: List<Card>, spans: secret List<{ from: Timestamp }>, days: secret Set<Timestamp> }
action any { pins: secret List<Int> = [], host?: String }
context { time: Timestamp, ends: secret Timestamp, risk?: secret { level: Level, at: Timestamp }, later: Duration = 5m, time_limit?: Timestamp }
signals { "login": secret { token: String, since: Timestamp, length: Duration } }
table teams: String -> String { "a": "b" }
table known_keys: String -> Bool { "a": true }
predicate ended(at: Timestamp, by: Timestamp) = at <= by
predicate same(a: String, b: String) = a is b
function first_of(a: String, b: String): String = if a is "" then b else a
`;

function inMessage(expression: string): readonly string[] {
  return checkText(
    `${declared}for agent { permit ok otherwise\ndeny no when subject.owner is "x" because "{${expression.replaceAll('"', '\\"')}}" }`,
  ).found;
}

function inCondition(condition: string): readonly string[] {
  return checkText(`${declared}for agent { permit ok otherwise\ndeny no when ${condition} }`).found;
}

test.for([
  'subject.key',
  'lower(subject.key)',
  'length(subject.key)',
  'size(subject.keys)',
  '(subject.owner else subject.key)',
  '(if subject.owner is "a" then subject.key else "b")',
  '(if subject.flag then "a" else "b")',
  '(not subject.flag)',
  '(subject.flag is true)',
  '(true in subject.flags)',
  '(subject.flag and subject.owner is "a")',
  'teams[subject.key]',
  'first_of(subject.owner, subject.key)',
  'subject.card.number',
  'context.risk.level',
  'last(signal "login").token',
])('%s carries a secret', (expression) => {
  expect(inMessage(expression).map((each) => each.split(' ')[0])).toEqual(['secret-in-answer']);
});

test.for([
  'subject.owner',
  'subject.card.name',
  'same(subject.key, "a")',
  '(subject.key is "a")',
  '(subject.key in { "a", "b" })',
  '(subject.key matches glob"a*")',
  '(any key in subject.keys satisfies key is subject.owner)',
  '(any card in subject.cards satisfies card.number is "1")',
  'known(subject.flag)',
  '(subject.key is present)',
  'known_keys[subject.key]',
  'last(signal "login").time',
  '(context.ends < 2030-01-01T00:00:00Z)',
  '(if subject.key is "a" then "b" else "c")',
])('%s carries no secret', (expression) => {
  expect(inMessage(expression)).toEqual([]);
});

test('a let, a given and a where carry the secrets of their values', () => {
  const rule = (text: string) =>
    checkText(`${declared}${text}`).found.map((each) => each.split(' ')[0]);
  const permit = 'permit ok otherwise';
  expect(
    rule(`let mine = subject_key_of(subject.owner)
function subject_key_of(owner: String): String = owner
for agent { let key = subject.key\n${permit}\ndeny no when key is "a" because "{key}" }`),
  ).toContain('secret-in-answer');
  expect(
    rule(`for agent { ${permit}\ngiven level = context.risk.level {
      deny no when level is HIGH because "{level}" } otherwise ignore }`),
  ).toEqual(['secret-in-answer']);
  expect(
    rule(
      `for agent { ${permit}\ndeny no when key is "a" because "{key}" where key = subject.key }`,
    ),
  ).toEqual(['secret-in-answer']);
});

test.for([
  'context.time < context.ends',
  'context.ends <= context.time',
  'age(context.ends) > 5m',
  'context.time - context.ends > 5m',
  'context.time + (if subject.flag then 5m else 6m) > 2030-01-01T00:00:00Z',
  'context.time > 2030-01-01T00:00:00Z + 1m * length(subject.key)',
  'any day in subject.days satisfies day < context.time',
  'all span in subject.spans satisfies span.from < context.time',
  'ended(context.ends, context.time)',
  'last(signal "login").since < context.time',
  'context.time + last(signal "login").length > context.time_limit',
])('%s would disclose a secret as `valid_until`', (condition) => {
  expect(inCondition(condition).map((each) => each.split(' ')[0])).toEqual(['secret-with-time']);
});

test.for([
  'context.ends < 2030-01-01T00:00:00Z',
  'context.ends - context.risk.at > context.later',
  'context.time > 2030-01-01T00:00:00Z and subject.key is "a"',
  'ended(context.ends, 2030-01-01T00:00:00Z) and ended(context.time, 2030-01-01T00:00:00Z)',
  'count(allowed doing "a" where event.action.host is "b", within 5m) > 3 or subject.flag',
])('%s discloses nothing', (condition) => {
  expect(inCondition(condition)).toEqual([]);
});

test('a secret is not fresh, and has no fresh members', () => {
  const context = (members: string) =>
    checkText(`policy p\ncontext { time: Timestamp, ${members} }\nfor any { permit ok otherwise }`)
      .found;
  expect(context('a?: secret { observed_at?: Timestamp } fresh 5m')).toEqual([
    'bad-fresh «5m» `fresh` would reveal when a secret value was observed, as the end of an answer',
  ]);
  expect(context('a?: secret { b?: { observed_at?: Timestamp } fresh 5m }')).toEqual([
    'bad-fresh «a» `fresh` would reveal when a secret value was observed, as the end of an answer',
  ]);
  expect(context('a?: { observed_at?: secret Timestamp } fresh 5m')).toEqual([
    'bad-fresh «5m» `fresh` would reveal a secret `observed_at` as the end of an answer',
  ]);
  expect(context('a?: { key?: secret String, observed_at?: Timestamp } fresh 5m')).toEqual([]);
});

test('shapes that disagree about secrecy cannot be read together', () => {
  const policy = (a: string, b: string, path = 'x') =>
    checkText(
      `policy p\nsubject a { x: ${a} }\nsubject b { x: ${b} }\nfor a, b { permit ok when subject.${path} is present }`,
    ).found;
  expect(policy('secret String', 'String')).toEqual([
    'differing-member «x» `x` is secret for `a`, and not for `b`',
  ]);
  expect(policy('{ y: secret String }', '{ y: String }')).toEqual([]);
  expect(policy('{ y: secret String }', '{ y: String }', 'x.y')).toEqual([
    'differing-member «y» `y` is secret for `a`, and not for `b`',
  ]);
  expect(policy('List<{ y: secret String }>', 'List<{ y: String }>')).toEqual([
    'differing-member «x» `x` has other secret members for `a` than for `b`',
  ]);
  expect(policy('secret String', 'secret String')).toEqual([]);
});

test('`secret` is still a name', () => {
  const policy = checkPolicy(
    'policy p\nenum secret { LOW, HIGH }\nsubject secret { secret: secret, a: secret b?: secret secret properties.id: secret, c: secret = LOW }\nfor secret { permit secret when subject.secret is LOW }',
  );
  const members = [...(policy.subjects.get('secret')?.members.values() ?? [])];
  expect(members.map(({ name, secret }) => [name, secret])).toEqual([
    ['secret', false],
    ['a', false],
    ['b', true],
    ['id', false],
    ['c', false],
  ]);
});
