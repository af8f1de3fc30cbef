// Until when an answer is valid, in both engines: the edges of conditions, each in a deny next to a permit without an
// end, and which rules' edges count for which effect. The instant of evaluation is 2026-03-03T10:00:00Z. Expected
// values are derived from the description of the language.

import type { EvaluatedAnswer } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { evaluator, modules, toComparable } from '../support/modules/engines.ts';

const declarations = `policy validity
enum Level { LOW < HIGH }
subject agent {}
action any { level?: Level }
context {
  time: Timestamp
  a?: Timestamp, b?: Timestamp, wait?: Duration, on?: Bool, n?: Int
  risk?: { level?: Level, tags: Set<String> = {}, items?: List<{ at?: Timestamp }>, observed_at?: Timestamp } fresh 5m
  list?: List<{ at?: Timestamp }>
}
constraint level: Level limits action.level
constraint ttl: Duration smallest wins
constraint mode: String must agree
window office = Mon..Fri 09:00..17:00 in "UTC"
let time = context.time
let a = context.a
let b = context.b
let on = context.on
let risk = context.risk.level
`;

type Members = Readonly<Record<string, unknown>>;
/** A time of that day, or `undefined` if there is no end. */
type Until = string | undefined;
type Condition = readonly [condition: string, context: Members, until: Until];
type Row = readonly [rules: string, request: Members, answer: string, until: Until];

const at = (time: string) => `2026-03-03T${time}Z`;
const A = { a: at('10:30:00') };
const AB = { ...A, b: at('10:40:00') };
const BA = { a: at('10:40:00'), b: at('10:30:00') };
const createRisk = (time: string, members: Members = { level: 'LOW' }) => ({
  risk: { ...members, observed_at: at(time) },
});

const comparisons: readonly Condition[] = [
  ['time >= a', A, '10:30:00'],
  ['time < a', A, '10:30:00'],
  ['time > a', A, '10:30:00.001'],
  ['time <= a', A, '10:30:00.001'],
  ['time is a', A, '10:30:00'],
  ['time is not a', A, '10:30:00'],
  ['a <= time', A, '10:30:00'],
  ['a > time', A, '10:30:00'],
  ['a < time', A, '10:30:00.001'],
  ['a >= time', A, '10:30:00.001'],
  ['time >= a', { a: at('10:00:00') }, undefined],
  ['time < a', { a: at('10:00:00') }, undefined],
  ['time > a', { a: at('10:00:00') }, '10:00:00.001'],
  ['time <= a', { a: at('10:00:00') }, '10:00:00.001'],
  ['time is a', { a: at('10:00:00') }, '10:00:00.001'],
  ['time is a', { a: at('09:59:59.999') }, undefined],
  ['time > a', { a: at('09:59:59.999') }, undefined],
  ['time + 5m >= a', A, '10:25:00'],
  ['time - a > 5m', { a: at('09:58:00') }, '10:03:00.001'],
  ['a - time < 10m', A, '10:20:00.001'],
  ['a - time <= 10m', A, '10:20:00'],
  ['time >= a', {}, undefined],
  ['time >= a + context.wait', A, undefined],
  ['time in office', {}, '17:00:00'],
  ['time not in office', {}, '17:00:00'],
];

const ages: readonly Condition[] = [
  ['age(a) > 5m', { a: at('09:58:00') }, '10:03:00.001'],
  ['age(a) <= 5m', { a: at('09:58:00') }, '10:03:00.001'],
  ['age(a) >= 5m', { a: at('09:58:00') }, '10:03:00'],
  ['age(a) < 5m', { a: at('09:58:00') }, '10:03:00'],
  ['age(a) is 5m', { a: at('09:58:00') }, '10:03:00'],
  ['age(a) is 5m', { a: at('09:55:00') }, '10:00:00.001'],
  ['age(a) > 5m', { a: at('09:00:00') }, undefined],
  // The age of an instant up to a minute ahead is zero until that instant.
  ['age(a) > 0s', { a: at('10:00:30') }, '10:00:30.001'],
  ['age(a) is 0s', { a: at('10:01:00') }, '10:01:00.001'],
  ['age(a) >= 0s', { a: at('10:00:30') }, undefined],
  ['age(a) > 5m', { a: at('10:01:00.001') }, '10:00:00.001'],
  ['age(a) > 5m', { a: at('10:02:00') }, '10:01:00'],
  ['known(age(a))', { a: at('10:02:00') }, '10:01:00'],
  ['known(age(a))', { a: at('10:01:00') }, undefined],
  ['age(a) > 5m', {}, undefined],
];

const freshness: readonly Condition[] = [
  ['risk is HIGH', createRisk('09:58:00'), '10:03:00.001'],
  ['risk is HIGH', createRisk('09:55:00'), '10:00:00.001'],
  ['risk is HIGH', createRisk('09:54:59.999'), undefined],
  ['risk is HIGH', createRisk('10:01:00'), '10:06:00.001'],
  ['risk is HIGH', createRisk('10:01:00.001'), '10:00:00.001'],
  ['risk is HIGH', createRisk('10:30:00'), '10:29:00'],
  ['known(context.risk)', createRisk('09:58:00'), '10:03:00.001'],
  ['not known(context.risk)', createRisk('10:30:00'), '10:29:00'],
  // An absent value has no edge.
  ['risk is HIGH', createRisk('09:58:00', {}), undefined],
  ['risk is HIGH', { risk: { level: 'LOW' } }, undefined],
  ['risk is HIGH', {}, undefined],
  ['latest(context.risk.level) is HIGH', createRisk('09:58:00'), undefined],
  ['context.risk.level is present', createRisk('09:58:00'), undefined],
];

const junctions: readonly Condition[] = [
  ['time >= a and time >= b', AB, '10:40:00'],
  ['time < a and time < b', AB, '10:30:00'],
  ['time < a or time < b', AB, '10:40:00'],
  ['time >= a or time >= b', AB, '10:30:00'],
  ['not (time >= a and time >= b)', AB, '10:40:00'],
  ['time >= a implies time >= b', AB, '10:30:00'],
  // A deciding operand without an edge makes the result permanent; an unknown operand does not decide.
  ['time >= a and on', { ...A, on: false }, undefined],
  ['time >= a and on', { ...A, on: true }, '10:30:00'],
  ['time >= a and on', A, '10:30:00'],
  ['time < a and on', A, '10:30:00'],
  ['time < a or on', { ...A, on: true }, undefined],
  ['time < a or on', { ...A, on: false }, '10:30:00'],
  ['time < a or on', A, '10:30:00'],
  ['time >= a or on', A, '10:30:00'],
  // The earliest edge of all operands, evaluated or not.
  ['if on then time >= a else time >= b', { ...BA, on: true }, '10:30:00'],
  ['if on then time >= a else time >= b', { ...BA, on: false }, '10:30:00'],
  ['if time >= a then on else not on', { ...A, on: true }, '10:30:00'],
  ['(risk is HIGH) else (time >= a)', { ...A, ...createRisk('09:58:00') }, '10:03:00.001'],
  ['(risk is HIGH) is (time >= a)', { ...A, ...createRisk('09:58:00') }, '10:03:00.001'],
  ['(if time < a then { "x" } else { "y" }) intersects { "x" }', A, '10:30:00'],
];

const createTaggedRisk = (...tags: readonly string[]) => createRisk('09:58:00', { tags });
const items = (...times: readonly string[]) => times.map((time) => ({ at: at(time) }));

const quantifiers: readonly Condition[] = [
  // Until the collection becomes stale, or the edge of the elements as for `or` and `and`.
  ['any x in context.risk.tags satisfies x is "x"', createTaggedRisk('x'), '10:03:00.001'],
  ['any x in context.risk.tags satisfies x is "x"', createTaggedRisk('y'), '10:03:00.001'],
  ['any x in context.risk.tags satisfies x is "x"', createTaggedRisk(), '10:03:00.001'],
  ['all x in context.risk.tags satisfies x is "x"', createTaggedRisk('y'), '10:03:00.001'],
  ['all x in context.risk.tags satisfies x is "x"', createTaggedRisk('x'), '10:03:00.001'],
  ['any x in context.risk.tags satisfies x is "x"', {}, undefined],
  ['any x in (if time < a then { "x" } else { "y" }) satisfies x is "x"', A, '10:30:00'],
  [
    'any x in context.list satisfies time < x.at',
    { list: items('10:30:00', '10:40:00') },
    '10:40:00',
  ],
  [
    'any x in context.list satisfies time >= x.at',
    { list: items('10:30:00', '10:40:00') },
    '10:30:00',
  ],
  [
    'all x in context.list satisfies time >= x.at',
    { list: items('10:30:00', '10:40:00') },
    '10:40:00',
  ],
  [
    'all x in context.list satisfies time < x.at',
    { list: items('10:30:00', '10:40:00') },
    '10:30:00',
  ],
  [
    'any x in context.list satisfies time < x.at',
    { list: items('10:30:00', '09:00:00') },
    '10:30:00',
  ],
  [
    'any x in context.risk.items satisfies time < x.at',
    createRisk('09:58:00', { items: items('10:30:00') }),
    '10:03:00.001',
  ],
  [
    'any x in context.risk.items satisfies time < x.at',
    createRisk('09:58:00', { items: items('10:02:00') }),
    '10:02:00',
  ],
];

const always = 'permit ok otherwise\n';
const permits = 'permit p when time < a\npermit q when time < b\n';

const levels: readonly Row[] = [
  // A permit: every permit and every stricter rule.
  [permits, AB, 'permit because p,q', '10:30:00'],
  [`${always}permit q when time >= b`, AB, 'permit because ok', '10:40:00'],
  [`${always}narrow n when time >= a to { ttl: 1m }`, A, 'permit because ok', '10:30:00'],
  [`${always}challenge c when time >= a`, A, 'permit because ok', '10:30:00'],
  [`${always}deny d when time >= a`, A, 'permit because ok', '10:30:00'],
  [`${always}revoke r when time >= a`, A, 'permit because ok', '10:30:00'],

  // A narrow and a challenge: until the last of the permits that fired.
  [`${permits}narrow n to { ttl: 1m }`, AB, 'narrow because n', '10:40:00'],
  [`${permits}narrow n when age(a) > 5m to { ttl: 1m }`, AB, 'narrow because n', '10:29:00'],
  [`${permits}challenge c`, AB, 'challenge because c', '10:40:00'],
  [`${always}${permits}narrow n to { ttl: 1m }`, AB, 'narrow because n', undefined],
  [`${always}${permits}challenge c`, AB, 'challenge because c', undefined],
  [
    'permit p when time < a\npermit q when time >= b\nchallenge c',
    BA,
    'challenge because c',
    '10:40:00',
  ],
  [
    `${always}narrow n to { ttl: 1m }\nnarrow m when time >= a to { ttl: 1s }`,
    A,
    'narrow because n',
    '10:30:00',
  ],
  [
    `${always}challenge c\nnarrow n when time >= a to { ttl: 1m }`,
    A,
    'challenge because c',
    undefined,
  ],
  [`${always}challenge c\nchallenge d when time >= a`, A, 'challenge because c', '10:30:00'],
  [`${always}challenge c\ndeny d when time >= a`, A, 'challenge because c', '10:30:00'],

  // A narrow that may become a deny also counts as one.
  [
    `${always}challenge c\nnarrow n when time >= a to { level: LOW }`,
    { ...A, level: 'HIGH' },
    'challenge because c',
    '10:30:00',
  ],
  [
    `${always}challenge c\nnarrow n when time >= a to { level: LOW }`,
    { ...A, level: 'LOW' },
    'challenge because c',
    undefined,
  ],
  [
    `${always}deny d when on\nnarrow n to { ttl: 1m } or deny unless time < a`,
    { ...A, on: true },
    'deny because d',
    '10:30:00',
  ],
  [`${always}narrow n to { ttl: 1m } or deny unless time < a`, A, 'narrow because n', '10:30:00'],
  [`${always}narrow n to { ttl: 1m } or deny unless time >= a`, A, 'deny because n', '10:30:00'],
  [
    `${always}narrow n when on to { ttl: 1m } or deny unless time >= a`,
    { ...A, on: false },
    'permit because ok',
    undefined,
  ],
  [
    `${always}narrow n to { mode: "x" }\nnarrow m when time >= a to { mode: "y" }`,
    A,
    'narrow because n',
    '10:30:00',
  ],
  [
    `${always}deny d\nnarrow n to { mode: "x" }\nnarrow m when time >= a to { mode: "y" }`,
    A,
    'deny because d',
    '10:30:00',
  ],
  [
    `${always}narrow n to { mode: "x" }\nnarrow m when time < a to { mode: "y" }`,
    A,
    'deny because m,n',
    '10:30:00',
  ],

  // A deny: neither looser rules nor permits count.
  [
    `${permits}deny d when on\nchallenge c when time >= a\nnarrow n when time >= a to { ttl: 1m }`,
    { ...AB, on: true },
    'deny because d',
    undefined,
  ],
  ['deny d when time < a', A, 'deny because d', '10:30:00'],
  ['deny d when on\ndeny e when time >= a', { ...A, on: true }, 'deny because d', '10:30:00'],
  ['deny d when on\nrevoke r when time >= a', { ...A, on: true }, 'deny because d', '10:30:00'],
  ['revoke r when risk is LOW', createRisk('10:02:00'), 'deny because r', '10:01:00'],

  // The default deny: denies, revokes and every permit.
  ['permit p when time >= a', A, 'deny because default_deny', '10:30:00'],
  ['permit p when time >= a and time >= b', AB, 'deny because default_deny', '10:40:00'],
  ['permit p when on\ndeny d when time >= a', A, 'deny because default_deny', '10:30:00'],
  ['permit p when on\nchallenge c when time >= a', A, 'deny because default_deny', undefined],
  ['permit p when on', {}, 'deny because default_deny', undefined],

  // A revoke has no end.
  [
    `${permits}revoke r when on\nrevoke s when time >= a\ndeny d when time >= a`,
    { ...AB, on: true },
    'revoke because r',
    undefined,
  ],
  ['revoke r when time < a', A, 'revoke because r', undefined],

  // An invalid request: until a revoke may be certain.
  [
    `${permits}deny d when time >= a\nrevoke r when time >= b`,
    { ...AB, n: 'x' },
    'deny because invalid_request',
    '10:40:00',
  ],
  [permits, { ...AB, n: 'x' }, 'deny because invalid_request', undefined],

  // A score: all of its conditions. Its narrow can become a deny like any other.
  [
    `${always}score s { x counts 1 when time >= a  y counts 1 when on  from 1 deny }`,
    { ...A, on: true },
    'deny because y',
    '10:30:00',
  ],
  [
    `${always}challenge c\nscore s { x counts 1 when time >= a  from 1 narrow to { ttl: 1m } }`,
    A,
    'challenge because c',
    undefined,
  ],
  [
    `${always}challenge c\nscore s { x counts 1 when time >= a  from 1 narrow to { level: LOW } }`,
    { ...A, level: 'HIGH' },
    'challenge because c',
    '10:30:00',
  ],
  [
    `${always}score s { x counts 1 when on  from 1 narrow to { ttl: 1m } or deny unless time < a }`,
    { ...A, on: true },
    'narrow because x',
    '10:30:00',
  ],
  [
    `${always}score s { x counts 1 when on  from 1 narrow to { ttl: 1m } or deny unless time < a }`,
    { ...A, on: false },
    'permit because ok',
    undefined,
  ],
  [
    `${always}score s { x counts 1 when on  y counts 1 when time >= b  from 1 narrow to { ttl: 1m } or deny unless time >= a  from 2 deny }`,
    { ...AB, on: true },
    'deny because x',
    '10:30:00',
  ],
  [
    `${always}score s { x counts 1 when on  y counts 1 when time < b  from 1 narrow to { ttl: 1m } or deny unless time < a  from 2 deny }`,
    { ...AB, on: true },
    'deny because x,y',
    '10:40:00',
  ],
];

const rows: readonly Row[] = [
  ...[...comparisons, ...ages, ...freshness, ...junctions, ...quantifiers].map(
    ([condition, context, until]): Row => [`${always}deny d when ${condition}`, context, '', until],
  ),
  ...levels,
];

/** Each row has its own action, so that one policy contains all rows. */
const groups = rows.map(([rules], index) => `for agent doing "row ${index}" {\n${rules}\n}`);
const policy = checkPolicy(`${declarations}${groups.join('\n')}`);
const engines = [evaluator(policy), ...(await modules([policy]))];

function summary({ effect, reasons }: EvaluatedAnswer): string {
  return `${effect} because ${reasons.join()}`;
}

test.each(rows.map((row, index) => [...row, index] as const))(
  '%s, for %j: %s until %s',
  (_rules, { level, ...context }, expected, until, index) => {
    const request = JSON.stringify({
      subject: { type: 'agent', id: 'a-1' },
      action: { name: `row ${index}`, properties: { level } },
      resource: { type: 'thing', id: 't' },
      context: { time: at('10:00:00'), ...context },
    });
    const instant = until === undefined ? undefined : Date.parse(at(until));
    for (const ask of engines) {
      const answer = ask(request);
      if (expected !== '') expect(summary(answer)).toBe(expected);
      expect(answer.validUntil).toBe(instant);
      if (instant !== undefined)
        expect(toComparable(ask(request, BigInt(instant - 1)))).toEqual(toComparable(answer));
    }
  },
);
