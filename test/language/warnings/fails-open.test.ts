// Rules by which something that is missing loosens an answer. Of each that is warned of there is a
// request that shows it: with the member the rule restricts, without it the permit stands alone.

import { expect, test } from 'vitest';
import { checked, policyOf } from '../../support/checking.ts';
import { evaluator } from '../../support/engines.ts';

const declared = `policy p
enum Level { LOW < MEDIUM < HIGH }
subject any { owner?: String, mfa?: Bool }
action any { level?: Level }
context {
  time: Timestamp
  risk?: { level?: Level, score?: Int, observed_at?: Timestamp } fresh 5m
  n?: Int, s?: String
  events?: { "session-revoked"?: { at?: Timestamp in seconds }, other?: { level?: Level } }
}
table limits: String -> Int { "a": 5 }
constraint rows: Int smallest wins
`;
const time = '"time": "2026-03-03T10:00:00Z"';
const high = '"risk": { "level": "HIGH", "score": 9, "observed_at": "2026-03-03T10:00:00Z" }';

function warnedOf(rules: string): readonly string[] {
  const { found, warned } = checked(`${declared}${rules}`);
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('fails-open'));
}

function effectOf(rules: string, context: string, action = '{}'): string {
  const policy = policyOf(`${declared}${rules}`);
  return evaluator(policy)(
    `{ "subject": { "type": "agent", "id": "a", "properties": {} }, "action": { "name": "read", "properties": ${action} }, "resource": { "type": "t", "id": "r" }, "context": ${context} }`,
  ).effect;
}

const absent = 'no other rule fires on its absence';
const unknown = 'no other rule fires where it is unknown';

/** Each with a context that has the member and one that lacks it. */
const opening: readonly (readonly [rules: string, warning: string, has: string, lacks: string])[] =
  [
    [
      'permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH',
      `«context.risk is present» this deny stays silent when \`context.risk\` is absent: ${absent}`,
      `{ ${time}, ${high} }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ndeny x when known(context.risk.level) and context.risk.level is HIGH',
      `«known(context.risk.level)» this deny stays silent when \`context.risk.level\` is unknown: ${unknown}`,
      `{ ${time}, ${high} }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ndeny x when not (context.n is missing or context.n < 5)',
      `«context.n is missing» this deny stays silent when \`context.n\` is absent: ${absent}`,
      `{ ${time}, "n": 6 }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\nchallenge x when context.s is "a" or context.n is present and context.n > 5',
      `«context.n is present» this challenge stays silent when \`context.n\` is absent: ${absent}`,
      `{ ${time}, "s": "b", "n": 6 }`,
      `{ ${time}, "s": "b" }`,
    ],
    [
      'permit a otherwise\nrevoke x when context.risk.level is HIGH, if unknown skip',
      `«context.risk.level» this revoke stays silent when \`context.risk.level\` is unknown: \`if unknown skip\` silences it, and ${unknown}`,
      `{ ${time}, ${high} }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ndeny x when (context.risk.level else LOW) is HIGH',
      `«(context.risk.level else LOW) is HIGH» this deny stays silent when \`context.risk.level\` is unknown: \`else\` says so, and ${unknown}`,
      `{ ${time}, ${high} }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ndeny x when (context.n > 5) else false',
      `«(context.n > 5) else false» this deny stays silent when \`context.n\` is unknown: \`else\` says so, and ${unknown}`,
      `{ ${time}, "n": 6 }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise ignore',
      `«otherwise ignore» this deny stays silent when \`context.risk.level\` is unknown: \`ignore\` leaves it so, and ${unknown}`,
      `{ ${time}, ${high} }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise { permit b otherwise }',
      `«context.risk.level» this deny stays silent when \`context.risk.level\` is unknown: ${unknown}`,
      `{ ${time}, ${high} }`,
      `{ ${time} }`,
    ],
    [
      'permit a otherwise\ngiven most = limits[context.s] { deny x when context.n > most } otherwise ignore',
      `«otherwise ignore» this deny stays silent when \`limits[…]\` is unknown: \`ignore\` leaves it so, and ${unknown}`,
      `{ ${time}, "s": "a", "n": 6 }`,
      `{ ${time}, "n": 6 }`,
    ],
    // A level that the enum doesn't list is there, and unknown all the same.
    [
      'permit a otherwise\ndeny x when (action.level else LOW) is HIGH\ndeny y when action.level is missing',
      `«(action.level else LOW) is HIGH» this deny stays silent when \`action.level\` is unknown: \`else\` says so, and ${unknown}`,
      `{ ${time} }`,
      `{ ${time} }`,
    ],
    // One that watches over something else.
    [
      'permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH\ndeny y when context.n is missing',
      `«context.risk is present» this deny stays silent when \`context.risk\` is absent: ${absent}`,
      `{ ${time}, "n": 1, ${high} }`,
      `{ ${time}, "n": 1 }`,
    ],
    // One that asks for more than that it is missing.
    [
      'permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH\ndeny y when context.risk is missing and context.n > 5',
      `«context.risk is present» this deny stays silent when \`context.risk\` is absent: ${absent}`,
      `{ ${time}, "n": 1, ${high} }`,
      `{ ${time}, "n": 1 }`,
    ],
  ];

test.each(opening)('%s', (rules, warning, has, lacks) => {
  const inGroup = `for any { ${rules} }`;
  const [first] = warnedOf(inGroup);
  expect(first).toBe(`fails-open ${warning}`);
  expect(effectOf(inGroup, has, '{ "level": "HIGH" }')).toMatch(/^(challenge|deny|revoke)$/);
  expect(effectOf(inGroup, lacks, '{ "level": "CRITICAL" }')).toBe('permit');
});

test.each([
  [
    'permit a when subject.owner is missing\ndeny x when context.n > 5',
    `«subject.owner is missing» this permit stands when \`subject.owner\` is absent: ${absent}`,
  ],
  [
    'permit a when not known(subject.mfa) or subject.mfa',
    `«known(subject.mfa)» this permit stands when \`subject.mfa\` is unknown: ${unknown}`,
  ],
  [
    'permit a when subject.mfa is present implies subject.mfa',
    `«subject.mfa is present» this permit stands when \`subject.mfa\` is absent: ${absent}`,
  ],
  [
    'permit a when (context.risk.level else LOW) is LOW',
    `«(context.risk.level else LOW) is LOW» this permit stands when \`context.risk.level\` is unknown: \`else\` says so, and ${unknown}`,
  ],
  [
    'given level = context.risk.level { permit b when level is LOW } otherwise { permit a otherwise }',
    `«context.risk.level» this permit stands when \`context.risk.level\` is unknown: ${unknown}`,
  ],
])('a permit: %s', (rules, warning) => {
  const inGroup = `for any { ${rules} }`;
  expect(warnedOf(inGroup)).toEqual([`fails-open ${warning}`]);
  expect(effectOf(inGroup, `{ ${time}, "n": 1 }`)).toBe('permit');
});

test.each([
  // Another rule fires for what is missing.
  'for any { permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH\nchallenge y when context.risk is missing }',
  'for any { permit a otherwise\ndeny x when known(context.n) and context.n > 5\nnarrow y when context.n > 3 to { rows: 1 } }',
  'for any { permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise { challenge y } }',
  'for any { permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise { challenge y when context.n > 5 } }',
  'for any { permit a otherwise\nrevoke x when latest(context.risk.level) is HIGH, if unknown skip\ngiven level = context.risk.level { deny z when level is MEDIUM } otherwise { narrow y to { rows: 1 } } }',
  'for any { permit a otherwise\ndeny x when (context.n else 1) > 5\nscore s { y counts 2 when context.n is missing\nfrom 1 challenge } }',
  'for any { permit a when subject.owner is missing\ndeny y when subject.owner is missing and not (subject.owner is "a") }',
  'for any { permit a otherwise\ndeny x when context.n is present and context.n > 5 }\nfor agent { deny y when context.n is missing }\nfor any { deny z when context.n is missing }',
  // No permit stands where it is missing.
  'for any { permit a when context.risk.level is LOW\ndeny x when context.risk is present and context.risk.level is HIGH }',
  'for agent { permit a otherwise }\nfor any when subject.type is "job" { deny x when context.n is present and context.n > 5 }',
  // Nothing opts out.
  'for any { permit a otherwise\ndeny x when context.risk.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.risk is missing or context.risk.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.risk is present implies context.risk.level is HIGH }',
  'for any { permit a otherwise\ndeny x when (context.risk.level else HIGH) is HIGH }',
  'for any { permit a when context.risk is present and context.risk.level is LOW }',
  'for any { permit a when (context.risk.level else HIGH) is LOW }',
  'for any { permit a when known(context.n) and context.n < 5 }',
  // It asks for one thing, and is about another.
  'for any { permit a otherwise\ndeny x when subject.owner is present and context.n > 5 }',
  // An event that is absent has not happened.
  'for any { permit a otherwise\nrevoke x when context.events."session-revoked" is present }',
  'for any { permit a otherwise\ndeny x when context.events.other is present and context.events.other.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.events.other.level is HIGH, if unknown skip }',
])('nothing fails open in %s', (groups) => {
  expect(warnedOf(groups)).toEqual([]);
});

test('where rules of two actions watch, the one that nobody watches is named', () => {
  const groups = `for any doing read, pay { permit a otherwise
deny x when context.n is present and context.n > 5 }
for any doing read { deny y when context.n is missing }`;
  expect(warnedOf(groups)).toEqual([
    'fails-open «context.n is present» this deny stays silent when `context.n` is absent: no other rule for `pay` fires on its absence',
  ]);
});

test('a condition of the group opts out for its rules, and each is shown', () => {
  const text = `${declared}for any { permit a otherwise }
for any when context.n is present { deny x when context.n > 5 }`;
  const [diagnostic] = checked(text).diagnostics.filter(({ code }) => code === 'fails-open');
  expect(
    diagnostic?.related.map(({ span, message }) => [text.slice(span.start, span.end), message]),
  ).toEqual([
    ['a', 'this permit covers it'],
    ['x', 'the rule that it is about'],
  ]);
});

test('what stands in a predicate is told where that is used', () => {
  const text = `${declared}predicate known_and_high(level: Level) = known(level) and level is HIGH
for any { permit a otherwise\ndeny x when known_and_high(context.risk.level) }`;
  const { warned } = checked(text);
  expect(warned.filter((each) => each.startsWith('fails-open'))).toEqual([
    `fails-open «known_and_high(context.risk.level)» this deny stays silent when \`context.risk.level\` is unknown: ${unknown}`,
  ]);
});

test('what is read twice is told of once', () => {
  const groups =
    'for any { permit a otherwise\ndeny x when lower(context.s) is not context.s, if unknown skip }';
  expect(warnedOf(groups)).toEqual([
    `fails-open «context.s» this deny stays silent when \`context.s\` is unknown: \`if unknown skip\` silences it, and ${unknown}`,
  ]);
});
