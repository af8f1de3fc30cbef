// The runner of `test` blocks: each expectation can fail, steps add up, and instants apply as written.

import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';

const head = `policy p version "1.0.0"
enum Level { low < high }
subject agent { active: Bool = true, ends?: Timestamp }
action any { level?: Level }
context { time: Timestamp }
constraint ttl: Duration smallest wins
constraint rows: Int smallest wins
obligation tell: notification { to: String, body: String = "seen" }
obligation mark: custom { times?: Int }
obligation ask: access_request { template?: String, expires_in: Duration }
for agent {
  permit acts when subject.active
  deny over when context.time >= subject.ends, if unknown skip
    with tell { to: subject.id }, mark { times: 1 }
  challenge asks when subject.id is "b" with mark, ask { expires_in: 10m }
  narrow slow when action.level is high to { ttl: 60s, rows: 5 }
}
`;

const request = `request {
  "subject": { "type": "agent", "id": "a", "properties": { "ends": "2026-01-01T18:00:00Z" } },
  "action": { "name": "read", "properties": { "level": "low" } },
  "resource": { "type": "file", "id": "f" },
  "context": { "time": "2026-01-01T12:00:00Z" }
}`;

function createPolicy(steps: string): PolicyModel {
  const text = `${head}test "t" {\n${request}\n${steps}\n}\n`;
  const { policy, diagnostics } = check('p.nhipol', new Map([['p.nhipol', text]]));
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics));
  return policy;
}

/** The differences in the failing steps of the only test. */
function differences(steps: string): string[] {
  const policy = createPolicy(steps);
  const [result] = runTests(policy, createEvaluatorTestEngine(policy));
  return (result?.failures ?? []).flatMap((failure) =>
    failure.differences.map(
      ({ what, expected, got }) => `${failure.step} ${what}: ${expected} / ${got}`,
    ),
  );
}

test.for([
  ['expect permit because acts', []],
  ['expect deny', ['1 effect: deny / permit']],
  ['expect permit because slow', ['1 reasons: slow / acts']],
  ['expect permit until 2026-01-01T18:00:00Z', []],
  [
    'expect permit until 2026-01-01T18:00:01Z',
    ['1 until: 2026-01-01T18:00:01.000Z / 2026-01-01T18:00:00.000Z'],
  ],
] as const)('reports the differences from `%s`', ([steps, found]) => {
  expect(differences(steps)).toEqual(found);
});

test('constraints are compared exactly, in any order', () => {
  const high = 'with { action.level = high } expect narrow';
  expect(differences(`${high} with { rows: 5, ttl: 60s }`)).toEqual([]);
  expect(differences(`${high} with { ttl: 60s }`)).toEqual([
    '1 constraints: { ttl: 60 } / { rows: 5, ttl: 60 }',
  ]);
});

test('obligations are compared as a whole, in any order', () => {
  const over = 'at 2026-01-01T19:00:00Z expect deny with';
  expect(differences(`${over} mark { times: 1 }, tell { to: "a" }`)).toEqual([]);
  expect(differences(`${over} mark, tell { to: "a" }`)).toEqual([
    '1 obligations: mark {  }, tell { body: "seen", to: "a" } / mark { times: 1 }, tell { body: "seen", to: "a" }',
  ]);
  expect(differences('expect permit with mark')).toEqual(['1 obligations: mark {  } / none']);
});

test('an access request is expected like any obligation', () => {
  const asks = 'with { subject.id = "b" } expect challenge with';
  expect(differences(`${asks} ask { expires_in: 10m }, mark`)).toEqual([]);
  expect(differences(`${asks} mark, ask { template: "a", expires_in: 5m }`)).toEqual([
    '1 obligations: ask { expires_in: 300, template: "a" }, mark {  } / ask { expires_in: 600 }, mark {  }',
  ]);
});

test('changes add up from step to step, and an instant applies to its step', () => {
  const steps = [
    'at 2026-01-01T19:00:00Z expect deny because over',
    'expect permit',
    'with { action.level = high } expect narrow because slow until 2026-01-01T18:00:00Z',
    'with { subject.active = false } expect deny because default_deny',
    'with { subject.ends = missing, subject.active = true } expect narrow until 2026-01-01T18:00:00Z',
  ];
  expect(differences(steps.join(' then '))).toEqual(['5 until: 2026-01-01T18:00:00.000Z / no end']);
});

test('a policy without tests has no results', () => {
  const { policy } = check('p.nhipol', new Map([['p.nhipol', head]]));
  expect(policy && runTests(policy, createEvaluatorTestEngine(policy))).toEqual([]);
});
