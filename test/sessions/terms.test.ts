// The values of history terms, each shown by the steps of a session: the evaluator evaluates them, and each
// expectation states the answer and its end.

import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const head = `policy p
enum Kind { mail, file, else file }
subject agent {}
action any { size?: Int }
action call { tool: String, host?: String }
action read { kind?: Kind }
resource any {}
resource secret { change?: String }
context { time: Timestamp }
signals { failed: { reason?: String, kind?: Kind, by?: { id: String } }, "cleared": {} }
`;

const request = `{
  subject: { type: agent, id: a },
  action: { name: call, properties: { tool: t, host: h } },
  resource: { type: secret, id: s, properties: { change: c } },
  context: { time: 2026-01-01T00:00:00Z }
}`;

/** If `stop` is false, the rule is silent; if unknown, it denies; a `revoke` distinguishes true from unknown. */
function failures(declared: string, steps: string): readonly string[] {
  const policy = checkPolicy(
    `${head}for agent { permit ok otherwise }\n${declared}\ntest "it" { session ${request}\n${steps} }`,
  );
  const results = runTests(policy, createEvaluatorTestEngine(policy));
  expect(results).toHaveLength(1);
  return results.flatMap(({ failures: found }) =>
    found.map(({ step, differences }) => `${step}: ${JSON.stringify(differences)}`),
  );
}

/** Returns `revoke` if the condition is true, `deny` if it is unknown, and `permit` if it is false. */
function listAskedFailures(condition: string, steps: string, scope = ''): readonly string[] {
  // A revoked session stays revoked, so a true condition is visible once, at the end of the steps.
  return failures(`for agent ${scope} { revoke stop when ${condition} }`, steps);
}

const listKnownFailures = (condition: string, steps: string, scope = '') =>
  failures(`for agent ${scope} { deny stop when ${condition} }`, steps);

test('once: an event exactly as old as the window is inside', () => {
  expect(
    listKnownFailures(
      'once(signal "failed", within 10m)',
      `expect permit
      then signal "failed" expect deny because stop until 2026-01-01T00:10:00.001Z
      then after 10m expect deny until 2026-01-01T00:10:00.001Z
      then after 1ms expect permit`,
    ),
  ).toEqual([]);
});

test('once without a window covers the whole session', () => {
  expect(
    listKnownFailures(
      'once(signal "failed")',
      'signal "failed" expect deny then after 9_000d expect deny',
    ),
  ).toEqual([]);
});

test('a signal counts at its own time, and never in the future', () => {
  expect(
    listKnownFailures(
      'once(signal "failed", within 10m)',
      `after 20m signal "failed" at 2026-01-01T00:05:00Z expect permit
      then signal "failed" at 2026-01-01T00:15:00Z expect deny until 2026-01-01T00:25:00.001Z
      then signal "failed" at 2026-01-01T09:00:00Z expect deny until 2026-01-01T00:30:00.001Z`,
    ),
  ).toEqual([]);
});

test('count: a query is evaluated by earlier events', () => {
  expect(
    listKnownFailures(
      'count(allowed doing call, within 1m) > 2',
      `ask 3 times expect permit
      then after 10s ask expect deny because stop until 2026-01-01T00:01:00.001Z
      then after 50s expect deny
      then after 1ms ask expect permit`,
    ),
  ).toEqual([]);
});

test.each([
  ['<', 'deny', 'deny', 'permit', 'permit'],
  ['<=', 'deny', 'deny', 'deny', 'permit'],
  ['>', 'permit', 'permit', 'permit', 'deny'],
  ['>=', 'permit', 'permit', 'deny', 'deny'],
  ['is', 'permit', 'permit', 'deny', 'permit'],
  ['is not', 'deny', 'deny', 'permit', 'deny'],
])('compares a count with %s 2', (operator, ...expected) => {
  const [none, one, two, three] = expected;
  expect(
    listKnownFailures(
      `count(signal "failed") ${operator} 2`,
      `expect ${none} then signal "failed" expect ${one} then signal "failed" expect ${two}
      then signal "failed" expect ${three}`,
    ),
  ).toEqual([]);
  const turned = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }[operator] ?? operator;
  expect(
    listKnownFailures(
      `2 ${turned} count(signal "failed")`,
      `signal "failed" signal "failed" expect ${two}`,
    ),
  ).toEqual([]);
});

test('count: an event that leaves the window may change the result either way', () => {
  expect(
    listKnownFailures(
      'count(signal "failed", within 10s) is 1',
      `signal "failed" expect deny until 2026-01-01T00:00:10.001Z
      then after 4s signal "failed" expect permit
      then after 6s expect permit
      then after 1ms expect deny until 2026-01-01T00:00:14.001Z
      then after 4s expect permit`,
    ),
  ).toEqual([]);
});

test('decisions are selected: allowed, refused, decided, and by effect', () => {
  const rules = `for agent doing call {
    deny big when action.host is "bad"
    narrow small when action.host is "some" to { rows: 1 }
    permit told when once(refused doing call) and count(allowed doing call) is 1
      and count(decided) is 2 and once(allowed where event.effect is narrow)
  }`;
  expect(
    failures(
      `constraint rows: Int smallest wins\n${rules}`,
      `ask with { action.host = "some" } expect narrow because small
      then ask with { action.host = "bad" } expect deny because big
      then with { action.host = "h" } expect permit because ok, told`,
    ),
  ).toEqual([]);
});

test('queries are selected: by action, by resource, by their members', () => {
  const condition = `once(allowed doing call on secret where event.action.tool is "t"
    and event.resource.change is "c" and event.resource.id starts_with "s"
    and event.action.name is "call" and event.resource.type is "secret"
    and event.time >= 2026-01-01T00:00:00Z)`;
  expect(listKnownFailures(condition, 'ask expect permit then after 1s ask expect deny')).toEqual(
    [],
  );
  expect(
    listKnownFailures(condition, 'ask with { resource.id = "x" } expect permit then expect permit'),
  ).toEqual([]);
  expect(
    listKnownFailures(
      condition,
      'ask with { resource.type = "file" } expect permit then expect permit',
    ),
  ).toEqual([]);
});

test('conditions contain constants, tables, predicates and members of the event', () => {
  const declared = `const watched = "t"
    table risky: String -> Bool { "t": true }
    predicate used(tool: String) = count(allowed where event.action.name is "call") >= 1
      and once(allowed doing call where event.action.tool is tool and risky[event.action.tool])
    let twice = count(decided doing call where event.action.tool in { watched, "u" }) is 2
    window morning = 00:00..12:00 in "UTC"
    for agent {
      let early = once(decided where event.time in morning)
      score steps {
        used_it counts 1 when used(watched)
        used_twice counts 1 when twice
        was_early counts 1 when early
        from 2 challenge
        from 3 deny
      }
    }`;
  expect(
    failures(
      declared,
      `ask expect permit
      then ask expect challenge because used_it, was_early
      then ask expect deny because used_it, used_twice, was_early`,
    ),
  ).toEqual([]);
});

test('an event with unknown members may match', () => {
  const told = 'signal "failed" where event.reason is "nonce"';
  expect(listAskedFailures(`once(${told})`, 'signal "failed" expect deny because stop')).toEqual(
    [],
  );
  expect(
    listAskedFailures(
      `once(${told}, within 1m)`,
      `signal "failed" expect deny because stop until 2026-01-01T00:01:00.001Z
      then after 1m expect deny
      then after 1ms expect permit
      then signal "failed" { reason: "nonce" } expect revoke`,
    ),
  ).toEqual([]);
  expect(
    listAskedFailures(
      `count(${told}) is 2`,
      `signal "failed" { reason: "nonce" } expect permit
      then signal "failed" expect deny
      then signal "failed" { reason: "nonce" } expect deny
      then signal "failed" { reason: "nonce" } expect permit`,
    ),
  ).toEqual([]);
  expect(
    listAskedFailures(`count(${told}) is 1`, 'signal "failed" signal "failed" expect deny'),
  ).toEqual([]);
});

test('an undeclared part of a payload is unknown', () => {
  const one = 'once(signal "failed" where event.kind is mail)';
  expect(listAskedFailures(one, 'signal "failed" { kind: "paper" } expect permit')).toEqual([]);
  expect(listAskedFailures(one, 'signal "failed" { kind: null } expect deny')).toEqual([]);
  const size = 'signal "failed" where event.by.id is "x"';
  expect(
    listAskedFailures(`once(${size})`, 'signal "failed" { by: { id: "x" } } expect revoke'),
  ).toEqual([]);
});

test('since: by the order in which events occurred', () => {
  const condition = 'since(signal "failed", signal "cleared")';
  expect(
    listKnownFailures(
      condition,
      `expect permit
      then signal "failed" expect deny
      then signal "cleared" expect permit
      then signal "failed" expect deny
      then after 1m signal "cleared" expect permit
      then signal "failed" at 2026-01-01T00:00:30Z expect permit`,
    ),
  ).toEqual([]);
  const unsure = 'since(signal "failed" where event.reason is "x", signal "cleared")';
  expect(
    listAskedFailures(
      unsure,
      `signal "failed" expect deny
      then signal "cleared" expect permit
      then signal "failed" { reason: "x" } expect revoke`,
    ),
  ).toEqual([]);
  const unsureStart = 'since(signal "cleared", signal "failed" where event.reason is "x")';
  expect(
    listAskedFailures(
      unsureStart,
      'signal "cleared" signal "failed" expect deny then signal "cleared" expect revoke',
    ),
  ).toEqual([]);
});

test('since: an event is not after itself', () => {
  expect(
    listKnownFailures('since(decided, decided doing call)', 'ask expect permit then expect permit'),
  ).toEqual([]);
});

test('last: the newest event, and unknown if a newer one may match', () => {
  const condition = 'last(signal "failed" where event.kind is mail).reason is "x"';
  expect(
    listAskedFailures(
      condition,
      `expect deny
      then signal "failed" { kind: mail, reason: "y" } expect permit
      then signal "failed" { reason: "y" } expect deny
      then signal "failed" { kind: mail, reason: "x" } expect revoke`,
    ),
  ).toEqual([]);
  expect(
    listKnownFailures(
      'known(last(signal "failed")) and last(signal "failed").time < context.time',
      'expect permit then signal "failed" expect permit then after 1ms expect deny',
    ),
  ).toEqual([]);
  expect(
    failures(
      `for agent {
        given last_one = last(signal "failed") {
          deny told when last_one.by.id is "x" because "{last_one.by.id}"
        } otherwise ignore
      }`,
      'expect permit then signal "failed" expect deny then signal "failed" { by: { id: "y" } } expect permit',
    ),
  ).toEqual([]);
});

test('per: only events like the present request', () => {
  const condition = 'once(allowed doing call on secret per resource.change up to 2)';
  expect(
    listKnownFailures(
      condition,
      `ask expect permit then ask expect deny
      then with { resource.change = "d" } expect permit
      then with { resource.change = missing } expect deny
      then ask expect deny
      then with { resource.change = "d" } expect permit`,
      'on secret',
    ),
  ).toEqual([]);
});

test('per: further values are unknown until they have left the window', () => {
  const kind = (name: string) => `with { action.name = "read", action.kind = "${name}" }`;
  expect(
    listAskedFailures(
      'once(decided doing read per action.kind up to 1)',
      `ask ${kind('mail')} expect permit
      then ${kind('file')} expect permit
      then ask expect permit
      then ask expect deny
      then ${kind('mail')} expect revoke`,
      'doing read',
    ),
  ).toEqual([]);
  expect(
    listKnownFailures(
      'once(decided doing read per action.kind up to 1, within 1m)',
      `ask ${kind('mail')} expect permit
      then after 10s ask ${kind('file')} expect permit
      then ask expect deny until 2026-01-01T00:01:10.001Z
      then after 51s ask expect deny until 2026-01-01T00:01:10.001Z
      then after 10s ask expect deny until 2026-01-01T00:02:01.001Z
      then ${kind('mail')} expect permit`,
      'doing read',
    ),
  ).toEqual([]);
});

test('an event with an unknown value may belong to every value', () => {
  expect(
    listAskedFailures(
      'once(decided on secret per resource.change up to 2)',
      `ask with { resource.change = missing } expect deny
      then with { resource.change = "c" } expect deny
      then ask expect deny
      then ask expect revoke`,
      'on secret',
    ),
  ).toEqual([]);
});

test('a decision counts for the next query, and not for its own', () => {
  expect(
    listKnownFailures(
      'once(allowed doing call, within 10m)',
      `ask expect permit
      then after 1m expect permit
      then signal "failed" expect permit
      then ask expect deny until 2026-01-01T00:10:00.001Z
      then after 10m expect permit`,
    ),
  ).toEqual([]);
});

test('a single request is a session without history; without a session history is unknown', () => {
  const policy = checkPolicy(`${head}for agent { permit ok otherwise
    revoke stop when once(refused)
    deny also when count(allowed) < 5 }
  test "alone" { request ${request} expect deny because also }
  test "new" { session ${request} expect deny because also }`);
  const results = runTests(policy, createEvaluatorTestEngine(policy));
  expect(results.map(({ failures: found }) => found)).toEqual([[], []]);
  const [alone] = runTests(policy, { ...createEvaluatorTestEngine(policy), open: undefined });
  expect(alone?.answers[0]?.reasonDetails.map(({ unknown }) => unknown)).toEqual([
    ['count(allowed) < 5'],
    ['once(refused)'],
  ]);
});
