// Rules that never fire, or whose condition is never true or never certain.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
enum Level { LOW < MEDIUM < HIGH }
const strict = false
subject agent { on: Bool, state?: Level, name: String }
action any { amount?: Int(0..100) }
action pay { amount?: Int(0..100) }
context { time: Timestamp, level?: Level, at?: Timestamp, n?: Int, risk?: { level?: Level, calm: Bool = false, observed_at?: Timestamp } fresh 5m, owner?: { id: String }, mood: Level = LOW, tags: Set<String> = {} }
table limits: String -> Int { "a": 5 }
external table quotas: String -> Int
predicate calm(level: Level) = level is LOW
constraint rows: Int smallest wins
`;

/** The warnings of one rule next to a permit. */
function listWarnings(rule: string, group = 'for agent'): readonly string[] {
  const text = `${declared}for any { permit works otherwise\npermit q when strict or context.n < limits[subject.id] or calm(context.level) or context.n < quotas[subject.id]\nnarrow r when context.n > 1 to { rows: 5 } }\n${group} {\n${rule}\n}`;
  const { found, warned } = checkText(text);
  expect(found.filter((each) => !each.startsWith('decided-comparison'))).toEqual([]);
  return warned;
}

test.each([
  [
    'permit x when context.level is LOW and context.level is HIGH',
    'never-fires «x» this permit never fires',
  ],
  [
    'deny x when subject.name is "a" and subject.name is "b"',
    'never-fires «x» this deny never fires',
  ],
  [
    'deny x when subject.name in { "a", "b" } and subject.name in { "c" }',
    'never-fires «x» this deny never fires',
  ],
  ['deny x when subject.on and not subject.on', 'never-fires «x» this deny never fires'],
  ['deny x when subject.on is missing', 'never-fires «x» this deny never fires'],
  ['deny x when strict', 'never-fires «x» this deny never fires'],
  ['deny x when 2 > 3', 'never-fires «x» this deny never fires'],
  [
    'deny x when context.time < 2026-01-01T00:00:00Z and context.time >= 2027-01-01T00:00:00Z',
    'never-fires «x» this deny never fires',
  ],
  ['permit x when context.n < 3 and context.n > 5', 'never-fires «x» this permit never fires'],
  [
    'permit x when context.n < 3 and (context.n > 5 or context.n is 4)',
    'never-fires «x» this permit never fires',
  ],
  [
    'permit x when context.level is HIGH and calm(context.level)',
    'never-fires «x» this permit never fires',
  ],
  [
    'permit x when context.level is LOW and context.level is not LOW',
    'never-fires «x» this permit never fires',
  ],
  [
    'permit x when context.level < MEDIUM and context.level > MEDIUM',
    'never-fires «x» this permit never fires',
  ],
  [
    'permit x when not (context.level is LOW or context.level > LOW)',
    'never-fires «x» this permit never fires',
  ],
  [
    'deny x when context.level is LOW and context.level is HIGH, if unknown skip',
    'never-fires «x» this deny never fires',
  ],
  [
    'given l = context.level { deny x when l is LOW and l is HIGH } otherwise ignore',
    'never-fires «x» this deny never fires',
  ],
  [
    'permit x when action.name is "pay" and action.name is "buy"',
    'never-fires «x» this permit never fires',
  ],
  [
    'score s { x counts 1 when subject.on and not subject.on\nfrom 1 deny }',
    'never-fires «x» this condition of a score never fires',
  ],
  [
    'deny x when context.level is LOW and context.level is HIGH',
    'never-true «x» this deny fires only if its condition is unknown',
  ],
  [
    'challenge x when age(context.at) < 5m and age(context.at) > 1h',
    'never-true «x» this challenge fires only if its condition is unknown',
  ],
  [
    'revoke x when context.n in { 1, 2 } and context.n > 2',
    'never-true «x» this revoke fires only if its condition is unknown',
  ],
  [
    'given l = context.level { deny y when l is HIGH } otherwise { permit x when context.level is LOW\ndeny z }',
    'never-certain «x» the condition of this permit is never certain, so it never fires',
  ],
  [
    'permit x when context.risk is missing and context.risk.level is LOW',
    'never-certain «x» the condition of this permit is never certain, so it never fires',
  ],
  [
    'permit x when not known(context.risk) and context.risk.level is LOW',
    'never-certain «x» the condition of this permit is never certain, so it never fires',
  ],
  [
    'permit x when context.risk is missing and context.risk.level is present',
    'never-fires «x» this permit never fires',
  ],
  ['deny x when not known(latest(context.risk.calm))', 'never-fires «x» this deny never fires'],
  [
    'permit x when limits["b"] > 3',
    'never-certain «x» the condition of this permit is never certain, so it never fires',
  ],
])('warns of %s', (rule, expected) => {
  expect(
    listWarnings(rule).filter((each) => each.startsWith('never') && each.includes('«x»')),
  ).toEqual([expected]);
});

test.each([
  'permit x when context.level is LOW or context.level is HIGH',
  'permit x when context.n >= 3 and context.n <= 3',
  'deny x when context.level is missing',
  'deny x when known(context.level) implies context.level is HIGH',
  'deny x when not known(context.level) or context.level is HIGH',
  'deny x when context.risk is missing and latest(context.risk.level) is not HIGH',
  // A stale value is present but not known.
  'deny x when context.risk is present and not known(context.risk)',
  'deny x when not known(context.risk) and known(latest(context.risk))',
  'deny x when not known(context.risk.calm)',
  'deny x when not known(context.risk) and not known(context.risk.calm)',
  'permit x when not known(context.risk) and not context.risk.calm',
  // A record can be present without an optional member, and without the record the member is missing.
  'deny x when context.risk is present and context.risk.level is missing',
  'deny x when context.owner.id is missing',
  // A member with a default has a value, but can be missing.
  'deny x when context.tags is missing',
  'deny x when context.mood is LOW and context.mood is missing',
  'permit x when context.tags is missing and not ("a" in context.tags)',
  'permit x when (context.level else LOW) is LOW',
  'permit x when if known(context.level) then context.level is LOW else subject.on',
  'permit x when not known(context.risk.level) and context.risk is present',
  'permit x when subject.name is "a" and subject.id is "b"',
  'permit x when context.n > 3 and limits[subject.name] > context.n',
  'permit x when limits["a"] > 3',
  'permit x when quotas["b"] > 3',
  'permit x when limits[subject.name] > 10',
  'permit x when any t in context.tags satisfies t is "a"',
  'deny x when subject.on is true and subject.state is HIGH',
  // A value that the enum does not list is unknown, also in a required member.
  'deny x when not known(subject.state) and subject.on',
])('does not warn of %s', (rule) => {
  expect(listWarnings(rule).filter((each) => each.startsWith('never'))).toEqual([]);
});

test('reports the contradictory condition of a group once, at the condition', () => {
  const when = 'context.n < 3 and context.n > 5';
  expect(
    listWarnings('permit a otherwise\npermit b when subject.on', `for agent when ${when}`),
  ).toEqual([
    expect.stringMatching(/^never-fires «context\.n > 5» what this condition guards never fires/),
  ]);
});

test('warns of a rule that contradicts the scope of its group', () => {
  expect(listWarnings('permit x when action.name is "buy"', 'for agent doing pay')).toEqual([
    'never-fires «x» this permit never fires',
  ]);
});

test('shows both contradictory conditions', () => {
  const text = `${declared}for any { permit x when context.level is LOW and context.level is HIGH }`;
  const { diagnostics } = checkText(text);
  const related = diagnostics.find(({ code }) => code === 'never-fires')?.related;
  expect(related?.map(({ span, message }) => [text.slice(span.start, span.end), message])).toEqual([
    ['context.level is LOW', 'when this is true …'],
    ['context.level is HIGH', '… this is never true'],
  ]);
});

test('reports a decided comparison once', () => {
  const { diagnostics } = checkText(`${declared}for any { permit x when action.amount > 100 }`);
  expect(diagnostics.filter(({ code }) => code !== 'unused').map(({ code }) => code)).toEqual([
    'decided-comparison',
  ]);
});
