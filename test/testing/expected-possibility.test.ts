// Tests that expect `possible` or `impossible`: in both engines, with sessions and without, what such a step cannot
// expect, and what a failing one reports.

import { compile } from '@nhipol/compiler';
import { renderExplanation } from '@nhipol/language';
import { expectsPossibility, type PolicyModel } from '@nhipol/language/model';
import { load } from '@nhipol/runtime';
import {
  createEvaluatorTestEngine,
  createModuleTestEngine,
  explainStepFailure,
  explainTest,
  runTests,
  type TestEngine,
  validate,
} from '@nhipol/testing';
import { coverByTests } from '@nhipol/testing/coverage';
import { expect, test } from 'vitest';
import { Claims } from '../../assurance/testing/mutate/kill-check.ts';
import { checkPolicy, checkText } from '../support/checking.ts';
import { goldenCases } from '../support/golden-cases.ts';
import { assemble } from '../support/modules/assembler.ts';
import { formatOrFail } from '../support/pages/formatting.ts';

const head = `policy p
subject agent { team?: String }
action read { rows: Int(0..) }
context { time: Timestamp, risk?: Int, ends?: Timestamp }
signals { failed: { reason?: String } }
external table quotas: String -> Int
for agent {
  permit own when subject.team is "a" and action.rows <= 10
  deny risky when context.risk > 5
  deny over when context.time >= context.ends, if unknown skip
  deny none_left when quotas["left"] is 0, if unknown skip
  deny failed_before when once(signal "failed", within 1h)
}
`;
const request =
  '{ subject: { type: agent, id: a1 }, action: { name: read }, resource: { type: r }, context: { time: 2026-03-03T10:00:00Z } }';
const writeTest = (steps: string, kind = 'session') => `test "t" { ${kind} ${request}\n${steps} }`;

function listFailures(policy: PolicyModel, engine: TestEngine): readonly string[] {
  return runTests(policy, engine).flatMap(({ failures }) =>
    failures.flatMap(({ step, differences }) =>
      differences.map(({ what, expected, got }) => `${step} ${what}: ${expected} / ${got}`),
    ),
  );
}

const steps = [
  'expect possible',
  'then with { subject.team = "b" } expect impossible because default_deny',
  'then with { subject.team = "a", context.risk = 9 } expect impossible because risky',
  'then with { context.risk = 1, context.ends = 2026-03-03T11:00:00Z }\nexpect possible until 2026-03-03T11:00:00Z',
  'then with { table.quotas = { left: 0 } } expect impossible because none_left',
  'then with { table.quotas = { left: 1 }, context.risk = "high" } expect impossible because invalid_request',
  'then with { context.risk = missing, action.rows = 11 } expect impossible because default_deny',
];

test.for(['session', 'request'])('a %s is possible or impossible in both engines', async (kind) => {
  const last =
    kind === 'session'
      ? 'then signal "failed" with { action.rows = 1 } expect impossible because failed_before'
      : 'then with { action.rows = 1 } expect possible';
  const policy = checkPolicy(`${head}${writeTest([...steps, last].join('\n'), kind)}`);
  const { wasm } = await compile(policy, assemble, { possible: true, sessions: true });
  const engines = [createEvaluatorTestEngine(policy), createModuleTestEngine(load(wasm))];
  const failures = engines.map((engine) => listFailures(policy, engine));
  expect(failures).toEqual([[], []]);
  expect(validate(policy, wasm, { requests: 50 }).disagreements).toEqual([]);
});

test('the tests of golden cases pass in both engines', async () => {
  const cases = goldenCases().filter(({ policy }) =>
    policy.tests.some(({ steps }) => steps.some(expectsPossibility)),
  );
  expect(cases.map(({ name }) => name)).toEqual(['claims/invariant-and-test', 'sessions/possible']);
  for (const { policy } of cases) {
    const { wasm } = await compile(policy, assemble, { possible: true, sessions: true });
    const engines = [createEvaluatorTestEngine(policy), createModuleTestEngine(load(wasm))];
    expect(engines.map((engine) => listFailures(policy, engine))).toEqual([[], []]);
  }
});

test.for([
  ['expect impossible', ['1 possibility: impossible / possible']],
  [
    'expect impossible because risky',
    ['1 possibility: impossible / possible', '1 reasons: risky / none'],
  ],
  ['with { context.risk = 9 } expect possible', ['1 possibility: possible / impossible']],
  [
    'with { context.risk = 9, subject.team = "b" } expect impossible because risky, default_deny',
    ['1 reasons: default_deny, risky / risky'],
  ],
  [
    'with { context.ends = 2026-03-03T11:00:00Z } expect possible until 2026-03-03T12:00:00Z',
    ['1 until: 2026-03-03T12:00:00.000Z / 2026-03-03T11:00:00.000Z'],
  ],
] as const)('reports the differences from `%s`', ([step, found]) => {
  for (const kind of ['session', 'request']) {
    const policy = checkPolicy(`${head}${writeTest(step, kind)}`);
    expect(listFailures(policy, createEvaluatorTestEngine(policy)), kind).toEqual(found);
  }
});

test.for([
  ['ask expect possible', '`ask` takes a decision, and `possible` expects none'],
  ['expect possible because own', '`possible` has no reasons'],
  ['expect impossible with { ttl: 1m }', '`impossible` has no constraints'],
  ['expect possible with {}', '`possible` has no constraints'],
  ['expect impossible with mark', '`impossible` has no obligations'],
  ['expect impossible or lower {}', '`impossible` has no counter-offer'],
] as const)('`%s` is refused', ([step, why]) => {
  const { found } = checkText(`${head}constraint ttl: Duration smallest wins
obligation mark: custom {}
${writeTest(step)}`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^bad-test /);
  expect(found[0]).toContain(why);
});

test('the reasons of what is impossible must exist', () => {
  const { found } = checkText(`${head}${writeTest('expect impossible because riskyy')}`);
  expect(found).toEqual(['unknown-reason «riskyy» unknown reason `riskyy`: did you mean `risky`?']);
});

test('a session knows its subject, and its context when it opens', () => {
  const step = 'with { subject.id = missing } expect possible';
  const why = 'a session cannot have these facts: `$.subject.id`: expected a string, found nothing';
  expect(checkText(`${head}${writeTest(step)}`).found).toEqual([`bad-test «${step}» ${why}`]);
  expect(checkText(`${head}${writeTest(step, 'request')}`).found).toEqual([]);
  const required = head.replace('risk?: Int', 'risk: Int');
  expect(checkText(`${required}${writeTest('expect possible')}`).found).toEqual([
    'bad-test «expect possible» a session cannot have these facts: `$.context.risk`: expected an integer (Int), found nothing',
  ]);
  // A test that takes decisions may show how they are refused.
  expect(checkText(`${required}${writeTest('expect deny')}`).found).toEqual([]);
});

test('`possible` and `impossible` remain names', () => {
  const named = `policy p
subject agent { possible?: Bool, impossible: Bool = false }
for agent {
  let impossible = subject.impossible
  permit possible when subject.possible
  deny impossible when impossible
}
test "t" {
  request ${request}
  expect impossible because impossible
  then with { subject.impossible = false } expect possible
}`.replace('id: a1', 'id: a1, properties: { impossible: true }');
  const policy = checkPolicy(named);
  expect(listFailures(policy, createEvaluatorTestEngine(policy))).toEqual([]);
  expect(formatOrFail(named.replace('expect possible', 'expect    possible'))).toBe(
    formatOrFail(named),
  );
});

test('a row can expect a possibility', () => {
  const rows = `each context.risk, subject.team {
    missing, missing expect possible
    9, missing expect impossible because risky
    missing, "b" expect impossible because default_deny
    10, missing expect deny because invalid_request
  }`;
  const policy = checkPolicy(`${head}${writeTest(rows, 'request')}`);
  expect(listFailures(policy, createEvaluatorTestEngine(policy))).toEqual([]);
  expect(policy.tests).toHaveLength(4);
});

test('the coverage counts decisions only', () => {
  const listTimes = (step: string) => {
    const covered = coverByTests(checkPolicy(`${head}${writeTest(step)}`));
    const counts = covered.files.flatMap(({ points }) =>
      points.flatMap(({ outcomes }) => outcomes.map(({ times }) => times)),
    );
    return counts.reduce((sum, times) => sum + times, 0);
  };
  const complete =
    'with { action.rows = 1, resource.id = r1, subject.team = "a", context.risk = 9 }';
  expect(listTimes(`${complete} expect impossible`)).toBe(0);
  expect(listTimes(`${complete} expect deny`)).toBeGreaterThan(0);
});

test('a mutant is killed by an expected possibility', () => {
  const text = `${head}${writeTest('with { context.risk = 9 } expect impossible because risky')}`;
  const claims = new Claims(checkPolicy(text));
  expect(claims.findKiller(checkPolicy(text))).toBeUndefined();
  const mutant = checkPolicy(text.replace('risk > 5', 'risk > 50'));
  expect(claims.findKiller(mutant)).toEqual({ kind: 'test', name: 't' });
});

test.for(['session', 'request'])('explains why a step of a %s is impossible', (kind) => {
  const step = 'with { context.risk = 9 } expect possible';
  const text = `${head}${writeTest(step, kind)}`;
  const policy = checkPolicy(text);
  const [result] = runTests(policy, createEvaluatorTestEngine(policy));
  const [failure] = result?.failures ?? [];
  if (result === undefined || failure === undefined) return expect.fail('the test passes');
  const clock = (now: bigint | undefined) =>
    ({ now, precedence: now === undefined ? 'request' : 'host' }) as const;
  const explanation = explainStepFailure(failure, explainTest(policy, result.test, clock));
  expect(explanation).toMatchObject({ possible: false, reasons: [{ id: 'risky' }] });
  const shown = explanation && renderExplanation(explanation, policy.sources, { answer: true });
  expect(shown).toMatch(/^impossible because risky/);
  expect(shown).toContain('context.risk > 5');
});

test('a step explains what its session prevents', () => {
  const step = 'signal "failed" expect possible';
  const policy = checkPolicy(`${head}${writeTest(step)}`);
  const [result] = runTests(policy, createEvaluatorTestEngine(policy));
  const [failure] = result?.failures ?? [];
  if (result === undefined || failure === undefined) return expect.fail('the test passes');
  const [[explanation] = []] = explainTest(policy, result.test, () => expect.fail('no clock'));
  expect(explanation).toMatchObject({ possible: false, reasons: [{ id: 'failed_before' }] });
});
