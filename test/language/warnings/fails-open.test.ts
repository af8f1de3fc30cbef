// Rules that let a missing value loosen an answer. Each warning is demonstrated by requests: with the member the rule
// restricts, and without it only the permit fires.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { evaluator } from '../../support/modules/engines.ts';

const declared = `policy p
enum Level { LOW < MEDIUM < HIGH }
subject any { owner?: String, mfa?: Bool, suspended: Bool = false, verified: Bool = true }
action any { level?: Level }
context {
  time: Timestamp
  flags?: Set<String>, tags: Set<String> = {}, req?: Set<String>, from?: Ip, code: Int = 0, name?: String
  actors?: List<{ sub?: String, level?: Level }>, chain: List<{ sub?: String }> = []
  risk?: { level?: Level, score?: Int, observed_at?: Timestamp } fresh 5m
  n?: Int, s?: String
  events?: { "session-revoked"?: { at?: Timestamp in seconds }, other?: { level?: Level } }
}
table limits: String -> Int { "a": 5 }
external table quotas: String -> Int
constraint rows: Int smallest wins
constraint group: Int largest wins
constraint region: String must agree
constraint paths: Set<String> intersects
`;
const time = '"time": "2026-03-03T10:00:00Z"';
const high = '"risk": { "level": "HIGH", "score": 9, "observed_at": "2026-03-03T10:00:00Z" }';

function listWarnings(rules: string): readonly string[] {
  const { found, warned } = checkText(`${declared}${rules}`);
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('fails-open'));
}

function decideEffect(rules: string, context: string, action = '{}'): string {
  const policy = checkPolicy(`${declared}${rules}`);
  return evaluator(policy)(
    `{ "subject": { "type": "agent", "id": "a", "properties": {} }, "action": { "name": "read", "properties": ${action} }, "resource": { "type": "t", "id": "r" }, "context": ${context} }`,
  ).effect;
}

const absent = 'no other rule fires when it is absent';
const unknown = 'no other rule fires when it is unknown';

/** Each with a context that has the member, and one without it. */
const opening: readonly (readonly [
  rules: string,
  warning: string,
  has: string,
  without: string,
])[] = [
  [
    'permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH',
    `«context.risk is present» the deny \`x\` does not fire when \`context.risk\` is absent: ${absent}`,
    `{ ${time}, ${high} }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ndeny x when known(context.risk.level) and context.risk.level is HIGH',
    `«known(context.risk.level)» the deny \`x\` does not fire when \`context.risk.level\` is unknown: ${unknown}`,
    `{ ${time}, ${high} }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ndeny x when not (context.n is missing or context.n < 5)',
    `«context.n is missing» the deny \`x\` does not fire when \`context.n\` is absent: ${absent}`,
    `{ ${time}, "n": 6 }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\nchallenge x when context.s is "a" or context.n is present and context.n > 5',
    `«context.n is present» the challenge \`x\` does not fire when \`context.n\` is absent: ${absent}`,
    `{ ${time}, "s": "b", "n": 6 }`,
    `{ ${time}, "s": "b" }`,
  ],
  [
    'permit a otherwise\nrevoke x when context.risk.level is HIGH, if unknown skip',
    `«context.risk.level» the revoke \`x\` does not fire when \`context.risk.level\` is unknown: \`if unknown skip\` skips it, and ${unknown}`,
    `{ ${time}, ${high} }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ndeny x when (context.risk.level else LOW) is HIGH',
    `«(context.risk.level else LOW) is HIGH» the deny \`x\` does not fire when \`context.risk.level\` is unknown: \`else\` replaces it, and ${unknown}`,
    `{ ${time}, ${high} }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ndeny x when (context.n > 5) else false',
    `«(context.n > 5) else false» the deny \`x\` does not fire when \`context.n\` is unknown: \`else\` replaces it, and ${unknown}`,
    `{ ${time}, "n": 6 }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise ignore',
    `«otherwise ignore» the deny \`x\` does not fire when \`context.risk.level\` is unknown: \`ignore\` does not restrict, and ${unknown}`,
    `{ ${time}, ${high} }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise { permit b otherwise }',
    `«context.risk.level» the deny \`x\` does not fire when \`context.risk.level\` is unknown: ${unknown}`,
    `{ ${time}, ${high} }`,
    `{ ${time} }`,
  ],
  [
    'permit a otherwise\ngiven most = limits[context.s] { deny x when context.n > most } otherwise ignore',
    `«otherwise ignore» the deny \`x\` does not fire when \`limits[…]\` is unknown: \`ignore\` does not restrict, and ${unknown}`,
    `{ ${time}, "s": "a", "n": 6 }`,
    `{ ${time}, "n": 6 }`,
  ],
  // A level that the enum does not list is present but unknown.
  [
    'permit a otherwise\ndeny x when (action.level else LOW) is HIGH\ndeny y when action.level is missing',
    `«(action.level else LOW) is HIGH» the deny \`x\` does not fire when \`action.level\` is unknown: \`else\` replaces it, and ${unknown}`,
    `{ ${time} }`,
    `{ ${time} }`,
  ],
  // The other rule depends on another member.
  [
    'permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH\ndeny y when context.n is missing',
    `«context.risk is present» the deny \`x\` does not fire when \`context.risk\` is absent: ${absent}`,
    `{ ${time}, "n": 1, ${high} }`,
    `{ ${time}, "n": 1 }`,
  ],
  // The other rule requires more than the absence of the member.
  [
    'permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH\ndeny y when context.risk is missing and context.n > 5',
    `«context.risk is present» the deny \`x\` does not fire when \`context.risk\` is absent: ${absent}`,
    `{ ${time}, "n": 1, ${high} }`,
    `{ ${time}, "n": 1 }`,
  ],
];

test.each(opening)('warns of %s', (rules, warning, has, without) => {
  const inGroup = `for any { ${rules} }`;
  const [first] = listWarnings(inGroup);
  expect(first).toBe(`fails-open ${warning}`);
  expect(decideEffect(inGroup, has, '{ "level": "HIGH" }')).toMatch(/^(challenge|deny|revoke)$/);
  expect(decideEffect(inGroup, without, '{ "level": "CRITICAL" }')).toBe('permit');
});

test.each([
  [
    'permit a when subject.owner is missing\ndeny x when context.n > 5',
    `«subject.owner is missing» the permit \`a\` fires when \`subject.owner\` is absent: ${absent}`,
  ],
  [
    'permit a when not known(subject.mfa) or subject.mfa',
    `«known(subject.mfa)» the permit \`a\` fires when \`subject.mfa\` is unknown: ${unknown}`,
  ],
  [
    'permit a when subject.mfa is present implies subject.mfa',
    `«subject.mfa is present» the permit \`a\` fires when \`subject.mfa\` is absent: ${absent}`,
  ],
  [
    'permit a when (context.risk.level else LOW) is LOW',
    `«(context.risk.level else LOW) is LOW» the permit \`a\` fires when \`context.risk.level\` is unknown: \`else\` replaces it, and ${unknown}`,
  ],
  [
    'given level = context.risk.level { permit b when level is LOW } otherwise { permit a otherwise }',
    `«context.risk.level» the permit \`a\` fires when \`context.risk.level\` is unknown: ${unknown}`,
  ],
])('warns of the permit in %s', (rules, warning) => {
  const inGroup = `for any { ${rules} }`;
  expect(listWarnings(inGroup)).toEqual([`fails-open ${warning}`]);
  expect(decideEffect(inGroup, `{ ${time}, "n": 1 }`)).toBe('permit');
});

test.each([
  // Another rule fires if the member is missing.
  'for any { permit a otherwise\ndeny x when context.risk is present and context.risk.level is HIGH\nchallenge y when context.risk is missing }',
  'for any { permit a otherwise\ndeny x when known(context.n) and context.n > 5\nnarrow y when context.n > 3 to { rows: 1 } }',
  'for any { permit a otherwise\ngiven level = context.risk.level { deny x when level is HIGH } otherwise { challenge y } }',
  'for any { permit a otherwise\nrevoke x when latest(context.risk.level) is HIGH, if unknown skip\ngiven level = context.risk.level { deny z when level is MEDIUM } otherwise { narrow y to { rows: 1 } } }',
  'for any { permit a otherwise\ndeny x when (context.n else 1) > 5\nscore s { y counts 2 when context.n is missing\nfrom 1 challenge } }',
  'for any { permit a when subject.owner is missing\ndeny y when subject.owner is missing and not (subject.owner is "a") }',
  'for any { permit a otherwise\ndeny x when context.n is present and context.n > 5 }\nfor agent { deny y when context.n is missing }\nfor any { deny z when context.n is missing }',
  // No permit fires if the member is missing.
  'for any { permit a when context.risk.level is LOW\ndeny x when context.risk is present and context.risk.level is HIGH }',
  'for agent { permit a otherwise }\nfor any when subject.type is "job" { deny x when context.n is present and context.n > 5 }',
  // No rule opts out.
  'for any { permit a otherwise\ndeny x when context.risk.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.risk is missing or context.risk.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.risk is present implies context.risk.level is HIGH }',
  'for any { permit a otherwise\ndeny x when (context.risk.level else HIGH) is HIGH }',
  'for any { permit a when context.risk is present and context.risk.level is LOW }',
  'for any { permit a when (context.risk.level else HIGH) is LOW }',
  'for any { permit a when known(context.n) and context.n < 5 }',
  // An event that is absent has not happened.
  'for any { permit a otherwise\nrevoke x when context.events."session-revoked" is present }',
  'for any { permit a otherwise\ndeny x when context.events.other is present and context.events.other.level is HIGH }',
  'for any { permit a otherwise\ndeny x when context.events.other.level is HIGH, if unknown skip }',
])('does not warn of %s', (groups) => {
  expect(listWarnings(groups)).toEqual([]);
});

/** The rule, its effect in the message, and the member in the message. */
const elses: readonly (readonly [rule: string, does: string, path: string])[] = [
  ['deny x when (context.flags else {"a"}) intersects {"bad"}', 'does not fire', 'context.flags'],
  ['deny x when "bad" in (context.flags else {"a"})', 'does not fire', 'context.flags'],
  ['deny x when (context.s else "a") in {"bad", "worse"}', 'does not fire', 'context.s'],
  ['deny x when (context.flags else {"a"}) not within {"a"}', 'does not fire', 'context.flags'],
  ['deny x when (context.s else "a") starts_with "bad"', 'does not fire', 'context.s'],
  ['deny x when (context.s else "a") ends_with "bad"', 'does not fire', 'context.s'],
  ['deny x when (context.s else "a") matches glob"bad*"', 'does not fire', 'context.s'],
  ['deny x when size(context.flags else {"a"}) > 3', 'does not fire', 'context.flags'],
  ['deny x when length(context.s else "a") > 3', 'does not fire', 'context.s'],
  ['deny x when lower(context.s else "a") is "bad"', 'does not fire', 'context.s'],
  ['deny x when (context.from else 10.0.0.1) in 192.168.0.0/16', 'does not fire', 'context.from'],
  ['deny x when (context.n else 0) + 1 > 5', 'does not fire', 'context.n'],
  ['deny x when 2 * (context.n else 0) - 1 > 5', 'does not fire', 'context.n'],
  ['deny x when (quotas[context.s] else 0) > 5', 'does not fire', 'quotas[…]'],
  [
    'deny x when any v in context.actors satisfies (v.level else LOW) is HIGH',
    'does not fire',
    'context.actors[].level',
  ],
  [
    'narrow x to { rows: 5 } or deny unless (context.s else "ok") is "ok"',
    'narrows instead of denying',
    'context.s',
  ],
  ['narrow x to { rows: context.n else 1000 }', 'sets a looser `rows`', 'context.n'],
  ['narrow x to { group: context.n else 1 }', 'sets a looser `group`', 'context.n'],
  ['narrow x to { region: context.s else "eu" }', 'sets a looser `region`', 'context.s'],
  ['narrow x to { paths: context.flags else {"a"} }', 'sets a looser `paths`', 'context.flags'],
];

test.each(elses)('warns of a nested `else` in %s', (rule, does, path) => {
  const [first, ...others] = listWarnings(`for any { permit a otherwise\n${rule} }`);
  expect(first).toContain(` \`x\` ${does} when \`${path}\` is unknown: \`else\` replaces it, and`);
  expect(others).toEqual([]);
});

test.each([
  [
    'deny x when any v in context.actors satisfies v.sub is present and v.sub is "bad"',
    '«v.sub is present» the deny `x` does not fire when `context.actors[].sub` is absent: no other rule fires when it is absent',
  ],
  [
    'deny x when subject.owner is present and context.n > 5',
    '«subject.owner is present» the deny `x` does not fire when `subject.owner` is absent: no other rule fires when it is absent',
  ],
  [
    'given level = context.risk.level { deny x when level is HIGH } otherwise { challenge y when context.n > 5 }',
    '«context.risk.level» the deny `x` does not fire when `context.risk.level` is unknown: no other rule fires when it is unknown',
  ],
  [
    'deny x when subject.suspended',
    '«subject.suspended» the deny `x` does not fire when `subject.suspended` is absent: it is `false` by default, and no other rule fires when it is absent',
  ],
  [
    'deny x when "bad" in context.tags',
    '«context.tags» the deny `x` does not fire when `context.tags` is absent: it is `{}` by default, and no other rule fires when it is absent',
  ],
  [
    'deny x when size(context.chain) > 3',
    '«context.chain» the deny `x` does not fire when `context.chain` is absent: it is `[]` by default, and no other rule fires when it is absent',
  ],
  [
    'deny x when context.code > 5 and not ((context.name else "") starts_with "system:"), if unknown skip',
    '«context.code» the deny `x` does not fire when `context.code` is absent: it is `0` by default, and no other rule fires when it is absent',
  ],
  [
    'deny x when latest(context.risk.level) is HIGH',
    '«latest(context.risk.level)» the deny `x` does not fire when `context.risk` is stale: `latest` reads the last value, and no other rule fires when it is stale',
  ],
  [
    'narrow x to { rows: 10 } or deny unless latest(context.risk.level) is LOW',
    '«latest(context.risk.level)» the narrow `x` narrows instead of denying when `context.risk` is stale: `latest` reads the last value, and no other rule fires when it is stale',
  ],
  [
    'narrow x to { rows: latest(context.risk.score) }',
    '«latest(context.risk.score)» the narrow `x` sets a looser `rows` when `context.risk` is stale: `latest` reads the last value, and no other rule fires when it is stale',
  ],
  [
    'score s { y counts 2 when subject.suspended\nz counts 1 when context.n > 5\nfrom 2 deny }',
    '«subject.suspended» the condition `y` of a score does not fire when `subject.suspended` is absent: it is `false` by default, and no other rule fires when it is absent',
  ],
])('warns of another opt-out in %s', (rule, warning) => {
  expect(listWarnings(`for any { permit a otherwise\n${rule} }`)).toEqual([
    `fails-open ${warning}`,
  ]);
});

test.each([
  ['"ok" in (context.flags else {"ok"})', 'context.flags', 'unknown: `else` replaces it'],
  ['subject.verified', 'subject.verified', 'absent: it is `true` by default'],
  ['"bad" not in context.tags', 'context.tags', 'absent: it is `{}` by default'],
  ['not (context.tags intersects {"bad"})', 'context.tags', 'absent: it is `{}` by default'],
  ['size(context.tags minus {"ok"}) is 0', 'context.tags', 'absent: it is `{}` by default'],
  [
    'not (any t in context.tags satisfies t is "bad")',
    'context.tags',
    'absent: it is `{}` by default',
  ],
])('warns of a single permit when %s', (condition, path, why) => {
  const [first, ...others] = listWarnings(`for any { permit b when ${condition} }`);
  expect(first).toContain(`the permit \`b\` fires when \`${path}\` is ${why}`);
  expect(others).toEqual([]);
});

test.each([
  // The replacement restricts as much.
  'for any { permit a otherwise\ndeny x when size(context.flags else {"a"}) >= 1\ndeny y when size(context.flags) < 1 }',
  'for any { permit a otherwise\ndeny x when (context.n else 9) > 5 }',
  'for any { permit a otherwise\ndeny x when not ((context.name else "") starts_with "system:"), if unknown skip }',
  'for any { permit a otherwise\nnarrow x to { rows: context.n else 0 } or deny unless context.n > 0 }',
  'for any { permit a otherwise\ndeny x when not subject.suspended }',
  'for any { permit a otherwise\ndeny x when not subject.verified and subject.verified is present\nchallenge y when subject.verified is missing }',
  'for any { permit a when context.req within context.tags and size(context.req) > 0 }',
  'for any { permit a when context.req within (context.tags union context.req) minus {"x"} }',
  'for any { permit a when subject.suspended }',
  'for any { permit a otherwise\ndeny x when context.req not within context.tags }',
  // Nothing depends on it, or another permit fires anyway.
  'for any { permit a otherwise\npermit b when subject.owner is missing }',
  'for any { permit a otherwise\ndeny x when context.s is "a" and (if subject.suspended then context.s else context.s) is "a" }',
  'for any { permit a otherwise\nscore s { y counts 1 when subject.suspended\nz counts 2 when context.n > 5\nfrom 2 deny } }',
])('does not warn of a harmless default or replacement in %s', (groups) => {
  expect(listWarnings(groups)).toEqual([]);
});

test('reports two rules that fail open at one place together', () => {
  const text = `${declared}for any { permit a otherwise }
for any when context.n is present { deny x when context.n > 5\nchallenge y when context.n > 3 }`;
  const [first, ...others] = checkText(text).diagnostics.filter(
    ({ code }) => code === 'fails-open',
  );
  expect(others).toEqual([]);
  expect(first?.message).toBe('the deny `x` does not fire when `context.n` is absent');
  expect(first?.related.map(({ message }) => message)).toContain(
    'also: the challenge `y` does not fire when `context.n` is absent',
  );
});

test('names the action for which no other rule fires', () => {
  const groups = `for any doing read, pay { permit a otherwise
deny x when context.n is present and context.n > 5 }
for any doing read { deny y when context.n is missing }`;
  expect(listWarnings(groups)).toEqual([
    'fails-open «context.n is present» the deny `x` does not fire when `context.n` is absent: no other rule for `pay` fires when it is absent',
  ]);
});

test('shows every rule for which the condition of its group opts out', () => {
  const text = `${declared}for any { permit a otherwise }
for any when context.n is present { deny x when context.n > 5 }`;
  const [diagnostic] = checkText(text).diagnostics.filter(({ code }) => code === 'fails-open');
  expect(
    diagnostic?.related.map(({ span, message }) => [text.slice(span.start, span.end), message]),
  ).toEqual([
    ['a', 'this permit covers it'],
    ['x', 'the affected rule'],
  ]);
});

test('reports an opt-out in a predicate at its call', () => {
  const text = `${declared}predicate known_and_high(level: Level) = known(level) and level is HIGH
for any { permit a otherwise\ndeny x when known_and_high(context.risk.level) }`;
  const { warned } = checkText(text);
  expect(warned.filter((each) => each.startsWith('fails-open'))).toEqual([
    `fails-open «known_and_high(context.risk.level)» the deny \`x\` does not fire when \`context.risk.level\` is unknown: ${unknown}`,
  ]);
});

test('reports a member that is read twice only once', () => {
  const groups =
    'for any { permit a otherwise\ndeny x when lower(context.s) is not context.s, if unknown skip }';
  expect(listWarnings(groups)).toEqual([
    `fails-open «context.s» the deny \`x\` does not fire when \`context.s\` is unknown: \`if unknown skip\` skips it, and ${unknown}`,
  ]);
});
