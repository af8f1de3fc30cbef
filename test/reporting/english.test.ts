// Expressions in English: one row for each form, and for its negation.

import { expect, test } from 'vitest';
import { English } from '../../assurance/reporting/english/expressions.ts';
import { describeWindow } from '../../assurance/reporting/english/windows.ts';
import { describeDuration } from '../../assurance/reporting/english/words.ts';
import { type Phrase, readPlainText } from '../../assurance/reporting/pages/phrase.ts';
import { SourceTexts } from '../../assurance/reporting/source-texts.ts';
import { checkPolicy } from '../support/checking.ts';

const head = `policy p
enum Level { low < mid < high }
subject bot {
  name?: String
  level?: Level
  on: Bool = false
  count?: Int
  price?: Decimal
  scopes: Set<String> = {}
  ends?: Timestamp
  seen?: { at?: Timestamp, ok?: Bool, observed_at?: Timestamp } fresh 5m
  actors: List<{ sub?: String }> = []
  ip?: Ip
  spiffe?: SpiffeId
}
context { time: Timestamp }
action read { file?: String, size: Int(0..) = 0 }
action any {}
signals { failed: { why?: String } }
table limits: String -> Int { "a": 1 }
window office = Mon..Fri 09:00..17:00 in "Europe/Berlin"
predicate is_over(t: Timestamp) = context.time >= t
const many = { "a", "b", "c", "d", "e" }
const few = { "a", "b" }
`;

function describeCondition(when: string): {
  readonly clauses: readonly string[];
  readonly notes: readonly string[];
} {
  const policy = checkPolicy(`${head}for bot { deny it when ${when} }`);
  const english = new English(new SourceTexts(policy));
  const rule = policy.rules[0];
  const formatPhrase = (phrase: Phrase) =>
    phrase
      .map((part) =>
        typeof part === 'object' && 'code' in part ? `\`${part.code}\`` : readPlainText([part]),
      )
      .join('');
  return {
    clauses: rule === undefined ? [] : english.conditions(rule.condition).map(formatPhrase),
    notes: english.notes.map(({ name, meaning }) => `${name} ${formatPhrase(meaning)}`),
  };
}

test.for([
  ['once(allowed doing read, "send it")', '`read` or `send it` was allowed in this session'],
  ['not once(allowed, within 10m)', 'an action was not allowed in the last 10 minutes'],
  [
    'count(refused doing read on secret, within 1m) > 30',
    '`read` was refused on `secret` more than 30 times in the last minute',
  ],
  ['not (count(decided) > 30)', 'an action was decided on at most 30 times in this session'],
  ['count(decided) is not 1', 'an action was decided on not exactly 1 time in this session'],
  [
    'once(decided doing read where event.action.file is "x" per resource.id up to 4)',
    '`read` was decided on where `event.action.file` is `"x"` for the same `resource.id` in this session',
  ],
  [
    'count(allowed doing read across sessions per resource.id up to 4, within 1h) > 3',
    '`read` was allowed in any session for the same `resource.id` more than 3 times in the last hour',
  ],
  [
    'sum(event.action.size of allowed doing read across sessions per resource.id up to 4, within 1h) > 3',
    'the sum of `action.size` for each time `read` was allowed in any session for the same `resource.id` in the last hour is more than 3',
  ],
  [
    'once(decided doing read where event.action.file is resource.id per action.name up to 4)',
    '`read` was decided on where `event.action.file` is `resource.id` of this request for the same `action.name` in this session',
  ],
  [
    'since(signal "failed", allowed doing read)',
    'the signal `failed` was received since `read` was last allowed',
  ],
  [
    'last(allowed doing read).action.file is "x"',
    '`action.file` of the last time `read` was allowed is `"x"`',
  ],
  ['subject.on', '`subject.on` is true'],
  ['not subject.on', '`subject.on` is false'],
  ['subject.name is "x"', '`subject.name` is `"x"`'],
  ['not (subject.name is "x")', '`subject.name` is not `"x"`'],
  ['subject.level > low', '`subject.level` is above `low`'],
  ['not (subject.level > low)', '`subject.level` is at most `low`'],
  ['subject.count < 3', '`subject.count` is less than 3'],
  ['subject.count * 2 + 1 >= 3', '(`subject.count` times 2) plus 1 is at least 3'],
  ['context.time >= subject.ends', '`subject.ends` has passed'],
  ['subject.ends <= context.time', '`subject.ends` has passed'],
  ['context.time < subject.ends', '`subject.ends` has not passed yet'],
  ['context.time > subject.ends', '`subject.ends` is in the past'],
  ['not (context.time > subject.ends)', '`subject.ends` is not in the past'],
  ['subject.ends < 2026-01-01T00:00:00Z', '`subject.ends` is before `2026-01-01T00:00:00Z`'],
  ['age(subject.ends) > 90m', 'the age of `subject.ends` is more than 1 hour and 30 minutes'],
  ['context.time in office', 'it is within `office`'],
  ['context.time not in office', 'it is outside `office`'],
  [
    'weekday(context.time, "Europe/Berlin") in { Sat, Sun }',
    'it is within “Saturday and Sunday in Europe/Berlin”',
  ],
  ['time_of_day(context.time, "UTC") < 09:00', 'it is within “every day 00:00–09:00 in UTC”'],
  ['subject.name is present', '`subject.name` is present'],
  ['not (subject.name is present)', '`subject.name` is missing'],
  ['known(subject.seen.ok)', '`subject.seen.ok` is known'],
  ['not known(subject.seen)', '`subject.seen` is unknown'],
  ['not known(limits[subject.name])', '`limits` does not contain `subject.name`'],
  ['limits[subject.name] > 3', 'the value of `limits` for `subject.name` is more than 3'],
  [
    'latest(subject.seen.ok)',
    '`subject.seen.ok` (the latest value, regardless of its age) is true',
  ],
  ['subject.name in { "a", "b" }', '`subject.name` is `"a"` or `"b"`'],
  ['subject.name not in { "a", "b" }', '`subject.name` is not one of `"a"` or `"b"`'],
  ['subject.name not in { "a" }', '`subject.name` is not `"a"`'],
  ['not (subject.name not in { "a" })', '`subject.name` is `"a"`'],
  ['subject.name in few', '`subject.name` is `"a"` or `"b"`'],
  ['subject.name in many', '`subject.name` is in `many`'],
  ['subject.name not in subject.scopes', '`subject.name` is not in `subject.scopes`'],
  ['subject.scopes within many', '`subject.scopes` is a subset of `many`'],
  ['subject.scopes not within { "a", "b" }', '`subject.scopes` contains more than `"a"` and `"b"`'],
  ['subject.scopes intersects many', '`subject.scopes` has elements in common with `many`'],
  [
    'size(subject.scopes minus { "a" }) > 2',
    'the number of elements of `subject.scopes` without `"a"` is more than 2',
  ],
  ['subject.name starts_with "a"', '`subject.name` starts with `"a"`'],
  ['not (subject.name ends_with "a")', '`subject.name` does not end with `"a"`'],
  [
    'subject.name matches glob"a.*" separated by "."',
    '`subject.name` matches the pattern `a.*`, with segments separated by `.`',
  ],
  [
    'subject.name not matches regex"a+"',
    '`subject.name` does not match the regular expression `a+`',
  ],
  [
    'subject.name contains regex"a+"',
    '`subject.name` contains a match of the regular expression `a+`',
  ],
  [
    'subject.name not contains regex"a+"',
    '`subject.name` does not contain a match of the regular expression `a+`',
  ],
  ['subject.ip in 10.0.0.0/8', '`subject.ip` is in `10.0.0.0/8`'],
  ['subject.spiffe.trust_domain is "a"', 'the trust domain of `subject.spiffe` is `"a"`'],
  [
    'any a in subject.actors satisfies a.sub is "x"',
    'for at least one `a` in `subject.actors`, `a.sub` is `"x"`',
  ],
  [
    'not (any a in subject.actors satisfies a.sub is "x")',
    'for no `a` in `subject.actors`, `a.sub` is `"x"`',
  ],
  ['all s in subject.scopes satisfies s is "x"', 'for every `s` in `subject.scopes`, `s` is `"x"`'],
  [
    'not (all s in subject.scopes satisfies s is "x")',
    'for at least one `s` in `subject.scopes`, `s` is not `"x"`',
  ],
  ['subject.seen.ok else false', '`subject.seen.ok` is true for certain'],
  ['subject.seen.ok else true', '`subject.seen.ok` is true, or this is unknown'],
  ['not (subject.seen.ok else false)', '`subject.seen.ok` is false, or this is unknown'],
  ['(subject.count else 0) > 3', '`subject.count` (if unknown, 0) is more than 3'],
  [
    'if subject.on then subject.count > 1 else subject.count > 2',
    '`subject.count` is more than 1 (if `subject.on` is true; otherwise `subject.count` is more than 2)',
  ],
  [
    'subject.on implies subject.count > 1',
    'if `subject.on` is true, then `subject.count` is more than 1',
  ],
  [
    'not (subject.on implies subject.count > 1)',
    '`subject.on` is true, but `subject.count` is at most 1',
  ],
  [
    'subject.on or subject.count > 1',
    'either `subject.on` is true or `subject.count` is more than 1',
  ],
  [
    'not (subject.on and subject.count > 1)',
    'either `subject.on` is false or `subject.count` is at most 1',
  ],
  [
    'subject.on or subject.count > 1 and subject.level is low',
    'either `subject.on` is true or both `subject.count` is more than 1 and `subject.level` is `low`',
  ],
  [
    'subject.on or subject.count > 1 and (subject.count < 5 or subject.level is low)',
    'either `subject.on` is true or both `subject.count` is more than 1 and `subject.count < 5 or subject.level is low` is true',
  ],
  ['lower(subject.name) is "x"', '`lower(subject.name)` is `"x"`'],
] as const)('describes the condition %s', ([when, clause]) => {
  expect(describeCondition(when).clauses).toEqual([clause]);
});

test('lists the operands of `and` as separate clauses', () => {
  expect(
    describeCondition('subject.on and (subject.count > 1 and subject.level is low)').clauses,
  ).toEqual(['`subject.on` is true', '`subject.count` is more than 1', '`subject.level` is `low`']);
});

test('explains a named condition once, in a note', () => {
  expect(describeCondition('not is_over(subject.ends) or is_over(subject.ends)')).toEqual({
    clauses: ['either `is_over(subject.ends)` is false or `is_over(subject.ends)` is true'],
    notes: ['is_over(subject.ends) means that `subject.ends` has passed'],
  });
});

test.for([
  [0n, '0 milliseconds'],
  [1n, '1 millisecond'],
  [60_000n, '1 minute'],
  [93_784_005n, '1 day, 2 hours, 3 minutes, 4 seconds and 5 milliseconds'],
  [-5_000n, 'minus 5 seconds'],
] as const)('writes %s ms as %s', ([milliseconds, words]) => {
  expect(describeDuration(milliseconds)).toBe(words);
});

test.for([
  ['09:00..17:00 in "UTC"', 'every day 09:00–17:00 in UTC'],
  ['Mon, Wed..Fri 09:00..17:00 in "UTC"', 'Monday and Wednesday to Friday 09:00–17:00 in UTC'],
  [
    '1st Mon 22:00..06:00 in "UTC"',
    'the first Monday of the month 22:00–06:00 the next day in UTC',
  ],
  ['Sat, Sun 00:00..24:00 in "UTC"', 'Saturday and Sunday in UTC'],
  ['during 18 Dec..4 Jan in "UTC"', 'every day from 18 Dec to 4 Jan in UTC'],
  [
    'Mon 09:00..17:00 during 29 Feb, 1 Jul..15 Aug in "UTC" except 2026-07-06',
    'Monday 09:00–17:00 on 29 Feb and from 1 Jul to 15 Aug in UTC, except 6 Jul 2026',
  ],
  [
    'Mon 09:00:30..12:00, last Fri 13:00..17:00 in "Europe/Berlin" except 2026-12-24..2026-12-26, 2027-01-01',
    'Monday 09:00:30–12:00; the last Friday of the month 13:00–17:00 in Europe/Berlin, except 24 Dec 2026 to 26 Dec 2026 and 1 Jan 2027',
  ],
] as const)('describes the window %s', ([written, words]) => {
  const policy = checkPolicy(`policy p
    subject any {}
    context { time: Timestamp }
    window w = ${written}
    for any { permit a when context.time in w }`);
  const [rule] = policy.rules;
  const window = rule?.condition.kind === 'InWindow' ? rule.condition.window : undefined;
  expect(window && describeWindow(window)).toBe(words);
});

test('the content of a table file declares no constants', () => {
  const text = 'policy p\ntable t: String -> Int from "t.csv"\nfor any { permit ok otherwise }';
  const policy = checkPolicy(text, { 't.csv': 'name,count\n"x\nconst hidden = 1\n",5\n' });
  expect(policy.sources.map(({ path }) => path)).toContain('t.csv');
  expect(new SourceTexts(policy).constants).toEqual([]);
});
