// Tests of policies with history terms: those with `request`, what a step replaces, and where `ask` is written.

import { compile } from '@nhipol/compiler';
import { createEvaluatorTestEngine, runTests, type TestResult, validate } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';
import { formatOrFail } from '../support/pages/formatting.ts';

const policy = `policy p
subject agent {}
action "tools/call" { tool?: String }
action any {}
context { time: Timestamp }
signals { "bad": {} }
for agent {
  permit works otherwise
  deny busy when count(allowed doing "tools/call", within 1m) >= 2
  deny after when once(signal "bad")
}
fixture base {
  subject: { type: agent, id: a1 },
  action: { name: "tools/call" },
  resource: { type: mail, id: m1 },
  context: { time: 2026-03-03T10:00:00Z }
}
`;

function run(test: string, declared = policy): readonly TestResult[] {
  const checkedPolicy = checkPolicy(`${declared}${test}`);
  return runTests(checkedPolicy, createEvaluatorTestEngine(checkedPolicy));
}

test('each step of a test with `request` is a session without history', () => {
  const [result] = run(`test "t" {
  request from base
  expect permit because works
  then expect permit because works
  then at 2026-03-03T10:00:01Z expect permit because works
  then with { subject.type = other } expect deny because default_deny
}`);
  expect(result?.failures).toEqual([]);
  expect(result?.answers.map(({ effect }) => effect)).toEqual([
    'permit',
    'permit',
    'permit',
    'deny',
  ]);
});

test('each row of a table is such a session, too', () => {
  const results = run(
    'test "t" { request from base each action.name { "tools/call" expect permit read expect permit } }',
  );
  expect(results.map(({ passed }) => passed)).toEqual([true, true]);
});

test('a request without an instant is invalid if the policy declares one', () => {
  const [result] = run(
    'test "t" { request from base with { context.time = missing } expect deny because invalid_request }',
  );
  expect(result?.passed).toBe(true);
});

test('a policy without a clock needs no instant', () => {
  const declared = `policy p
for any {
  permit works otherwise
  deny twice when once(allowed)
}
`;
  const request =
    '{ subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e } }';
  const [result] = run(
    `test "t" { request ${request} expect permit then expect permit }`,
    declared,
  );
  expect(result?.failures).toEqual([]);
});

test('a request uses the tables that its step fills', () => {
  const declared = `policy p
subject any { team?: String }
external table quotas: String -> Int(0..1000)
for any {
  permit works when quotas[subject.team] > 0
  deny twice when once(allowed)
}
`;
  const [result] = run(
    `test "t" {
  request {
    subject: { type: a, id: b, properties: { team: x } }, action: { name: c }, resource: { type: d, id: e }
  }
  with { table.quotas = { x: 1 } } expect permit
  then with { table.quotas = { x: 0 } } expect deny because default_deny
  then with { table.quotas = missing } expect deny
}`,
    declared,
  );
  expect(result?.failures).toEqual([]);
});

test('a module that answers a test with `request` differently is found', async () => {
  const rules = (condition: string) => `policy p
for any {
  permit works when ${condition}
}
`;
  const request =
    '{ subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e } }';
  const own = checkPolicy(
    `${rules('not once(allowed)')}test "t" { request ${request} expect permit }`,
  );
  const other = checkPolicy(rules('once(allowed)'));
  const [right, wrong] = await Promise.all(
    [own, other].map(async (each) => {
      const { wasm } = await compile(each, assemble, { sessions: true });
      return validate(own, wasm, { requests: 1 }).disagreements;
    }),
  );
  expect(right).toEqual([]);
  expect(wrong).toMatchObject([{ evaluator: { effect: 'permit' }, module: { effect: 'deny' } }]);
});

test('`ask` may come after the changes, with the same meaning', () => {
  const session = (step: string) => `test "t" {
  session from base
  ask 2 times
  expect permit
  then after 1s
  ${step}
  expect deny because busy
}
`;
  for (const step of ['ask with { action.tool = x }', 'with { action.tool = x } ask']) {
    expect(run(session(step))[0]?.failures).toEqual([]);
  }
  expect(checkText(`${policy}${session('ask with { action.tool = x } ask')}`).found[0]).toMatch(
    /^syntax-error/,
  );
});

test('the formatter keeps the position of `ask`', () => {
  const text = (start: string) => `test "t" {
  session from base
  ask
  expect permit
  then ${start}
  expect permit
}
`;
  const [before, after] = [
    text('after 1s ask 2 times with { action.tool = "x" }'),
    text('after 1s with { action.tool = "x" } ask 2 times // twice'),
  ];
  expect(formatOrFail(before)).toBe(before);
  expect(formatOrFail(after)).toBe(after);
});

test('a step replaces a whole action', () => {
  const [result] = run(`test "t" {
  session from base
  ask 2 times
  expect permit
  then with { action = { name: read, properties: { tool: x } } } ask
  expect deny because busy
  then with { resource = { type: file, id: f1 }, action = { name: "tools/call" } } ask
  expect deny because busy
}`);
  expect(result?.failures).toEqual([]);
  expect(result?.test.steps[1]?.changes).toEqual([
    { path: ['action'], json: '{"name":"read","properties":{"tool":"x"}}' },
  ]);
});

test.each(['action = read', 'action = missing', 'subject.properties = {}'])(
  '%s is rejected',
  (change) => {
    const { found } = checkText(
      `${policy}test "t" { request from base with { ${change} } expect deny }`,
    );
    expect(found.map((each) => each.split(' ')[0])).toEqual(['bad-test']);
  },
);
