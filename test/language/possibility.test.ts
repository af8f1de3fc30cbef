// `could` of each construct that looks at absence, with the member open, given, and given with an unusable value.

import { could } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const declarations = `policy p
enum Level { LOW < HIGH }
constraint region: String must agree
table teams: String -> Set<String> { "a": { "x" } }
subject agent { team?: String, trusted: Bool = true }
action any {}
resource any {}
context {
  time: Timestamp
  n?: Int
  level?: Level
  list?: List<{ tag?: String }>
  scopes?: Set<String>
  risk?: { score?: Int, observed_at?: Timestamp } fresh 5m
}
signals { "alarm": {} }
`;

/** The members of the context; the subject has no more than its type. */
function possibility(rules: string, context: string): boolean {
  const policy = checkPolicy(`${declarations}for agent {\n${rules}\n}`);
  const request = `{"subject":{"type":"agent"},"action":{"name":"read"},"resource":{"type":"r"},"context":{${context}}}`;
  const clock = { now: 1_772_532_000_000n, precedence: 'host' } as const;
  return could(policy, new TextEncoder().encode(request), clock).possible;
}

const works = 'permit works otherwise\n';
const risk = (minutes: number, more = '') =>
  `"risk":{"observed_at":"${new Date(1_772_532_000_000 - minutes * 60_000).toISOString()}"${more}}`;

test.each<[rules: string, context: string, possible: boolean]>([
  // Permits.
  ['permit p when context.n > 3', '', true],
  ['permit p when context.n > 3', '"n":2', false],
  ['permit p when context.level is HIGH', '"level":"ODD"', false],
  ['permit p when context.n is missing', '', true],
  ['permit p when context.n is missing', '"n":2', false],
  ['permit p when context.n is present', '', true],
  ['permit p when not known(context.level)', '"level":"ODD"', true],
  ['permit p when not known(context.level)', '"level":"LOW"', false],
  ['permit p when (context.n else 1) > 3', '', true],
  ['permit p when (context.n else 1) > 3', '"n":2', false],
  ['permit p when subject.trusted', '', true],
  ['permit p when not subject.trusted', '', true],
  ['permit p when size(context.list) is 2', '', true],
  ['permit p when size(context.list) is 2', '"list":[{}]', false],
  ['permit p when any x in context.list satisfies x.tag is "a"', '"list":[{}]', false],
  ['permit p when any x in context.list satisfies x.tag is "a"', '', true],
  ['permit p when "x" in teams[subject.team]', '', true],
  ['permit p when "x" in teams["b"]', '', false],
  ['permit p when once(signal "alarm")', '', true],
  // Restrictions.
  [`${works}deny d when context.n > 3`, '', true],
  [`${works}deny d when context.n > 3`, '"n":4', false],
  [`${works}deny d when context.level is HIGH`, '"level":"ODD"', false],
  [`${works}deny d when context.level is HIGH, if unknown skip`, '"level":"ODD"', true],
  [`${works}deny d when context.n is missing`, '', true],
  [`${works}deny d when context.n is present`, '', true],
  [`${works}deny d when context.n is present`, '"n":4', false],
  [`${works}deny d when context.n > 3 or context.n is missing`, '', true],
  [`${works}deny d when context.n is present or not (context.n is present)`, '', true],
  [`${works}challenge c when context.n > 3`, '"n":4', false],
  [`${works}revoke r when context.n > 3`, '"n":4', false],
  [`${works}revoke r when context.level is HIGH`, '"level":"ODD"', false],
  [`${works}deny d when not once(signal "alarm")`, '', true],
  [`${works}deny d when all x in context.list satisfies x.tag is "a"`, '"list":[]', false],
  [`${works}deny d when all x in context.list satisfies x.tag is "a"`, '', true],
  // Freshness: of a value that is given, and of an instant that is not.
  [`${works}deny d when context.risk.score > 3`, risk(6, ',"score":1'), false],
  [`${works}deny d when context.risk.score > 3`, risk(1, ',"score":1'), true],
  [`${works}deny d when context.risk.score > 3`, risk(1), true],
  // It is true or unknown, and denies in both cases; a value of open freshness is taken for an open one.
  [`${works}deny d when context.risk.score > 3`, '"risk":{"score":9}', true],
  ['permit p when context.risk.score > 3', '"risk":{"score":9}', true],
  ['permit p when context.risk.score > 3', risk(6), false],
  // A given that is not known, and one that is open.
  [`${works}given n = context.n {\ndeny d when n > 3\n} otherwise {\ndeny o\n}`, '', true],
  [`${works}given n = context.n {\ndeny d when n > 3\n} otherwise {\ndeny o\n}`, '"n":4', false],
  [
    `${works}given l = context.level {\ndeny d when l is HIGH\n} otherwise {\ndeny o\n}`,
    '"level":"ODD"',
    false,
  ],
  // Scores.
  [`${works}score s {\na counts 2 when context.n > 3\nfrom 2 deny\n}`, '', true],
  [`${works}score s {\na counts 2 when context.n > 3\nfrom 2 deny\n}`, '"n":4', false],
  [
    `${works}score s {\na counts 1 when context.n > 3\nb counts 1 when context.level is HIGH\nfrom 2 deny\n}`,
    '"n":4',
    true,
  ],
  [
    `${works}score s {\na counts 1 when context.n > 3\nb counts 1 when context.level is HIGH\nfrom 2 deny\n}`,
    '"n":4,"level":"ODD"',
    false,
  ],
  // Narrows: `or deny unless`, and values that do not agree.
  [
    `${works}narrow n when context.n > 3\nto { region: "eu" }\nor deny unless "a" in context.scopes`,
    '"n":4',
    true,
  ],
  [
    `${works}narrow n when context.n > 3\nto { region: "eu" }\nor deny unless "a" in context.scopes`,
    '"n":4,"scopes":[]',
    false,
  ],
  [
    `${works}narrow n when context.n > 3\nto { region: "eu" }\nor deny unless "a" in context.scopes`,
    '"scopes":[]',
    true,
  ],
  [
    `${works}narrow n when context.n > 3 to { region: "eu" }\nnarrow m when context.level is HIGH to { region: "us" }`,
    '"n":4,"level":"HIGH"',
    false,
  ],
  [
    `${works}narrow n when context.n > 3 to { region: "eu" }\nnarrow m when context.level is HIGH to { region: "us" }`,
    '"n":4',
    true,
  ],
])('%s with { %s }: %s', (rules, context, possible) => {
  expect(possibility(rules, context)).toBe(possible);
});

// Another action declares `names`: a read has a path for it, but no completion of `seen` has a value.
test.each([
  ['seen', '', false],
  ['seen', '"args":{}', false],
  ['seen', '"args":{"inner":{}}', false],
  ['run', '', true],
  ['run', '"args":{"inner":{}}', true],
])(
  'a member that only `run` declares, in an open record: %s with { %s }: %s',
  (name, properties, possible) => {
    const policy = checkPolicy(`policy p
subject any {}
action any { args?: { inner?: { size?: Int } } }
action "run" { args?: { inner?: { names?: Set<String> } } }
resource any {}
for any {
  ${works}
  deny d when "a" in action.args.inner.names
}`);
    const request = `{"subject":{"type":"agent"},"action":{"name":"${name}","properties":{${properties}}},"resource":{"type":"r"}}`;
    const clock = { now: 1_772_532_000_000n, precedence: 'host' } as const;
    expect(could(policy, new TextEncoder().encode(request), clock).possible).toBe(possible);
  },
);
