// `test` blocks of sessions: what is rejected in them, how their instants add up, and what a failing step reports.

import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../support/checking.ts';

const head = `policy p
subject agent {}
action any {}
context { time: Timestamp }
signals { failed: { reason?: String } }
for agent { permit ok otherwise
deny often when count(allowed) > 1 }
`;
const request = (time: string) =>
  `{ subject: { type: agent, id: a }, action: { name: x }, resource: { type: r, id: i }, context: { ${time} } }`;
const inTime = request('time: 2026-01-01T00:00:00Z');

test.each([
  [`request ${inTime} after 1m expect permit`, 'after'],
  [`request ${inTime} signal "failed" expect permit`, 'signal'],
  [`request ${inTime} ask expect permit`, 'ask'],
])('%s: only a session has it', (body, word) => {
  const [found, ...others] = checkText(`${head}test "t" { ${body} }`).diagnostics;
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    code: 'bad-test',
    message: `\`${word}\` can only be used in the test of a session`,
    help: 'begin the test with `session` instead of `request`',
  });
});

test('an unknown that follows from invalid declarations is not reported again', () => {
  const { diagnostics } = checkText(`policy p
context { time: Timestamp }
resource any { level?: Levl }
signals Evnts
for any {
  permit ok otherwise
  deny failed when once(signal "failed")
  deny high when once(allowed where event.resource.level is 3)
}
test "t" { session ${inTime} signal "failed" expect deny }`);
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'unknown type `Levl`',
    'unknown type `Evnts`',
  ]);
});

test.each([
  [
    `session ${request('')} expect permit`,
    'bad-test «{ subject: { type: agent, id: a }, action: { name: x }, resource: { type: r, id: i }, context: {  } }» the session has no start time: set `context.time`, or `at` in the first step',
  ],
  [
    `session ${inTime} signal "faild" expect permit`,
    'unknown-signal «"faild"» unknown signal `faild`: did you mean `failed`?',
  ],
  [
    `session ${inTime} signal "failed" { reason: 5 } expect permit`,
    'bad-test «{ reason: 5 }» $.reason: expected a string, found a number',
  ],
  [
    `session ${inTime} with { context.time = 2026-01-01T00:00:00Z } expect permit`,
    'bad-test «context.time = 2026-01-01T00:00:00Z» the time of a session is set with `at` and `after`',
  ],
  [
    `session ${inTime} ask 0 times expect permit`,
    'bad-test «0» a step sends its request 1 to 1000 times',
  ],
])('rejects `%s`', (body, message) => {
  expect(checkText(`${head}test "t" { ${body} }`).found).toEqual([message]);
});

test('instants add up from the first one, and an earlier one goes back', () => {
  const policy = checkPolicy(`${head}test "t" { session ${request('')}
    at 2026-01-01T00:00:00Z expect permit
    then after 1m expect permit
    then with { action.name = "y" } expect permit
    then after 2m ask expect permit
    then at 2026-01-01T00:02:00Z expect permit
    then at 2026-01-01T00:01:59Z expect deny because clock_went_back }`);
  const start = BigInt(Date.parse('2026-01-01T00:00:00Z'));
  const [only] = policy.tests;
  expect(only?.opens).toBe(start);
  const instants = only?.steps.map(({ at = 0n }) => Number(at - start) / 1000);
  expect(instants).toEqual([0, 60, 60, 180, 120, 119]);
  expect(runTests(policy, createEvaluatorTestEngine(policy))).toMatchObject([{ passed: true }]);
});

test('each answer of a repeated query must be as expected', () => {
  const policy = checkPolicy(`${head}test "t" { session ${inTime} ask 3 times expect permit }`);
  const [result] = runTests(policy, createEvaluatorTestEngine(policy));
  expect(result?.failures).toMatchObject([
    { step: 1, differences: [{ what: 'effect', expected: 'permit', got: 'deny' }] },
  ]);
});

test('session tests are skipped if no sessions can be opened', () => {
  const policy = checkPolicy(`${head}test "t" { session ${inTime} expect permit }
    test "u" { request ${inTime} expect deny }`);
  const results = runTests(policy, { ...createEvaluatorTestEngine(policy), open: undefined });
  expect(results.map(({ test: { name }, passed }) => [name, passed])).toEqual([['u', true]]);
});

test.each([
  [
    'once(alowed)',
    'expected events such as `allowed`, `refused`, `decided`, `signal "…"` or `outcome "…"`, found `alowed`: did you mean `allowed`?',
  ],
  ['once(allowed, 10m)', 'expected `, within 10m` or `)`, found `10m`'],
  ['once(allowed within 10m)', 'expected `, within 10m` or `)`, found `within`'],
  [
    'once(allowed wher event.effect is deny)',
    'expected `, within 10m` or `)`, found `wher`: did you mean `where`?',
  ],
  ['once(signal failed)', 'expected a string, found `failed`'],
  ['once(allowed per resource.id)', 'expected `up`, found `)`'],
])('rejects the history term `%s`', (condition, message) => {
  const [found, ...others] = checkText(`${head}for agent { deny a when ${condition} }`).found;
  expect(others).toEqual([]);
  expect(found?.replace(/^syntax-error «.*?» /, '')).toBe(message);
});

test('signals that are missing because of an error are not reported again', () => {
  const { found } = checkText(`${head}signals { "other" { a: Int } }
    for agent { deny a when once(signal "other") }`);
  expect(found).toEqual(['syntax-error «{» expected `:`, found `{`']);
});
