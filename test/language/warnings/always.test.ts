// Conditions that are never false, and parts of conditions that are always true or always false.

import { applyFixes } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
enum Level { LOW < MEDIUM < HIGH }
const lockdown = true
subject agent { on: Bool, team: String, other: String, n: Int(0..9), at: Timestamp }
action any { tags: Set<String> }
context { time: Timestamp, opt?: String, level?: Level, score?: Int(0..100) }
signals { "seen": { n: Int } }
window office = Mon..Fri 09:00..17:00 in "UTC"
window night = 22:00..06:00 in "UTC"
window all_year = 00:00..24:00 in "UTC" except 2026-12-25
window holiday = 1st Mon 00:00..24:00 in "UTC"
predicate is_late() = time_of_day(context.time, "UTC") >= 22h and time_of_day(context.time, "UTC") < 6h
predicate at_least(level: Level, least: Level) = level >= least
`;
const clock = 'time_of_day(context.time, "UTC")';
const day = 'weekday(context.time, "UTC")';
const berlin = 'weekday(context.time, "Europe/Berlin")';

const codes = ['always-fires', 'never-false', 'decided-condition', 'never-fires', 'never-true'];

function listWarnings(rule: string, group = 'for agent'): readonly string[] {
  const { found, warned } = checkText(
    `${declared}for agent { permit base when subject.on }\n${group} {\n${rule}\n}`,
  );
  expect(found.filter((each) => !each.startsWith('decided-comparison'))).toEqual([]);
  return warned.filter((each) => codes.some((code) => each.startsWith(`${code} `)));
}

const teams = 'subject.team is not "a" or subject.team is not "b"';

test.each([
  teams,
  'subject.team not in { "a" } or subject.team not in { "b", "c" }',
  'not (subject.team is "a" and subject.team is "b")',
  'subject.on or not subject.on',
  'subject.n < 5 or subject.n > 3 or subject.on',
  'subject.n in { 0, 1, 2, 3, 4 } or subject.n > 4',
  'subject.team is subject.other or subject.other is not subject.team',
  'subject.at <= context.time or context.time < subject.at',
  'subject.team in action.tags or subject.team not in action.tags',
  'subject.on is present',
  'known(subject.on)',
  'context.opt is present or context.opt is missing',
  'context.level is LOW or context.level is not LOW',
  'context.level in { LOW, MEDIUM } or context.level is HIGH',
  `${clock} >= 0h`,
  `${clock} < 12h or ${clock} >= 12h`,
  `${day} in { Mon, Tue, Wed, Thu, Fri, Sat, Sun }`,
  `${day} is not Mon or ${day} is not Tue`,
  `${berlin} is not Mon or ${berlin} is not Tue`,
  `context.time in office or ${day} in { Sat, Sun } or not (context.time in office)`,
  `context.time in night or ${clock} > 5h`,
  '(subject.on and subject.n > 3) or (subject.on and subject.n <= 3) or not subject.on',
])('a deny when %s always fires', (condition) => {
  expect(listWarnings(`deny x when ${condition}`)).toEqual([
    'always-fires «x» this deny always fires',
  ]);
});

test.each(['challenge', 'revoke', 'deny'])('a %s that always fires', (effect) => {
  expect(listWarnings(`${effect} x when ${teams}`)[0]).toMatch(/^always-fires «x»/);
});

test('a narrow that always fires', () => {
  const { warned } = checkText(
    `policy p\nsubject agent { team: String }\nconstraint rows: Int smallest wins\nfor agent { permit ok otherwise\nnarrow x when ${teams} to { rows: 5 } }`,
  );
  expect(warned).toEqual(['always-fires «x» this narrow always fires']);
});

test.each([
  [teams, 'always-fires'],
  [`${day} is not Mon or ${day} is not Tue`, 'always-fires'],
  [`${berlin} is not Mon or ${berlin} is not Tue`, 'never-false'],
  ['context.opt is not "a" or context.opt is not "b"', 'never-false'],
  ['subject.n < 5 or subject.n >= 5', 'never-false'],
  ['at_least(context.level, LOW)', 'never-false'],
])('a permit when %s', (condition, code) => {
  const what =
    code === 'always-fires'
      ? 'this permit always fires'
      : 'this permit fires unless its condition is unknown';
  expect(listWarnings(`permit x when ${condition}`)).toEqual([`${code} «x» ${what}`]);
});

test.each([
  // Written on purpose.
  'deny x',
  'deny x when lockdown',
  'deny x when lockdown or subject.on',
  // Reported as a comparison.
  'deny x when context.score >= 0',
  'deny x when subject.on or context.score >= 0',
  'deny x when subject.team is not "a" and subject.team is not "b"',
  'deny x when subject.team is not "a" or subject.other is not "b"',
  'deny x when context.opt is "a" or context.opt is "b"',
  'deny x when context.opt is missing or context.opt is not "a"',
  'deny x when context.level is LOW or context.level is MEDIUM',
  'deny x when subject.n < 5 or subject.n > 5',
  `deny x when ${clock} < 12h or ${clock} > 12h`,
  `deny x when ${day} is Mon or ${day} is Tue`,
  // A window that begins on some Mondays only.
  `deny x when ${day} is Mon and not (context.time in holiday)`,
  `deny x when ${day} is not Mon or not (context.time in holiday)`,
  'deny x when context.time in night or context.time in office',
  'deny x when not (context.time in all_year)',
  'deny x when context.time in all_year',
  // The end of a night is on the next day.
  `deny x when context.time in night and ${day} is Mon and ${clock} < 6h`,
  `deny x when ${day} is Sun and weekday(context.time, "Asia/Tokyo") is Mon`,
  'deny x when (context.level else LOW) is LOW and context.level is missing',
  'permit x when subject.on and at_least(context.level, LOW)',
  'given level = context.level { deny x when level is HIGH } otherwise { deny y }',
])('does not warn of %s', (rule) => {
  expect(listWarnings(rule)).toEqual([]);
});

const part = (text: string, value: boolean) => [
  `decided-condition «${text}» this part of the condition is always ${value} if its operands are known`,
];

test.each([
  [`permit x when subject.on and (${teams})`, part(`(${teams})`, true)],
  [
    'permit x when subject.on or (subject.team is "a" and subject.team is "b")',
    part('(subject.team is "a" and subject.team is "b")', false),
  ],
  [`deny x when subject.on and ${clock} >= 0h`, part(`${clock} >= 0h`, true)],
  ['deny x when subject.on or is_late()', part('is_late()', false)],
  [
    'deny x when count(signal "seen" where event.n > 3 and event.n < 2) > 1',
    part('event.n > 3 and event.n < 2', false),
  ],
  [
    'deny x when any tag in action.tags satisfies tag is not "a" or tag is not "b"',
    part('tag is not "a" or tag is not "b"', true),
  ],
  [
    'deny x when if subject.on then subject.n > 3 else (subject.n > 3 and subject.n < 2)',
    part('(subject.n > 3 and subject.n < 2)', false),
  ],
])('reports the part of %s', (rule, expected) => {
  expect(listWarnings(rule).map((each) => each.replace(/…/, ''))).toEqual(expected);
});

test('reports the condition of a group once', () => {
  expect(listWarnings('deny x\ndeny y when subject.on', `for agent when ${teams}`)).toEqual(
    part(teams, true),
  );
});

test.each([
  // In UTC, the wall clock of the time of a request is always known.
  [`${clock} > 22h and ${clock} < 6h`, 'never-fires'],
  [`${day} is Sat and ${day} is Sun`, 'never-fires'],
  [`${day} in { Sat, Sun } and context.time in office`, 'never-fires'],
  [`${clock} < 9h and context.time in office`, 'never-fires'],
  ['is_late()', 'never-fires'],
  [`${berlin} is Sat and not (${berlin} in { Sat, Sun })`, 'never-true'],
  ['weekday(subject.at, "UTC") is Sat and weekday(subject.at, "UTC") is Sun', 'never-true'],
  ['context.opt is "a" and context.opt starts_with "b"', 'never-true'],
  ['subject.team is "a" and subject.team starts_with "b"', 'never-fires'],
  ['subject.at < context.time and subject.at > context.time', 'never-fires'],
  ['subject.team in action.tags and subject.team not in action.tags', 'never-fires'],
])('a deny when %s is never true', (condition, code) => {
  expect(listWarnings(`deny x when ${condition}`).map((each) => each.split(' «')[0])).toEqual([
    code,
  ]);
});

const score = (conditions: string, bands: string) =>
  listWarnings(`score s {\n${conditions}\n${bands}\n}`);
const describeReached = (band: string, what: string, sum: number) =>
  `always-fires «${band}» ${what} always fires: conditions that always count have the sum ${sum}`;

test('a band that is always reached', () => {
  const bands = 'from 1 challenge\nfrom 4 deny';
  expect(score(`a counts 3 when ${teams}\nb counts 2 when subject.on`, bands)).toEqual([
    'always-fires «a» this condition of a score always fires',
    describeReached('from 1 challenge', 'this band of a score, or a stricter one,', 3),
  ]);
  expect(score('a counts 3 when true\nb counts 2 when subject.on', bands)).toEqual([
    describeReached('from 1 challenge', 'this band of a score, or a stricter one,', 3),
  ]);
  expect(score('a counts 4 when true\nb counts 2 when subject.on', bands)).toEqual([
    expect.stringMatching(/^never-fires «from 1/),
    describeReached('from 4 deny', 'this band of a score', 4),
  ]);
  expect(score('a counts 3 when subject.on\nb counts 2 when subject.n > 3', bands)).toEqual([]);
  expect(score('a counts 1 when true\nb counts 4 when subject.on', 'from 2 deny')).toEqual([]);
});

test('a permit below a deny that always fires is not reported as well', () => {
  const { warned } = checkText(
    `${declared}for agent { permit ok when subject.on\ndeny x when ${teams} }`,
  );
  expect(warned.filter((each) => each.startsWith('shadowed'))).toEqual([]);
});

test('a fix requires all exclusions in a permit, and never loosens a restriction', () => {
  const fixSource = (rule: string) => {
    const text = `${declared}for agent {\n${rule}\n}`;
    const fixes = checkText(text).diagnostics.flatMap(({ fix }) => fix ?? []);
    return applyFixes(fixes, () => text)
      .texts.get('p.nhipol')
      ?.split('\n')
      .at(-2);
  };
  const all = teams.replace(' or ', ' and ');
  expect(fixSource(`permit x when ${teams}`)).toBe(`permit x when ${all}`);
  expect(fixSource(`permit x when subject.on and (${teams})`)).toBe(
    `permit x when subject.on and (${all})`,
  );
  expect(fixSource(`permit x when ${day} is not Sat or ${day} is not Sun`)).toBe(
    `permit x when ${day} is not Sat and ${day} is not Sun`,
  );
  for (const rule of [
    `deny x when ${teams}`,
    `permit x when not (subject.on and (${teams}))`,
    'permit x when subject.n < 5 or subject.n >= 5',
    `permit x when ${teams} or subject.on`,
  ]) {
    expect(fixSource(rule)).toBeUndefined();
  }
});
