// Invariants: the errors of the checker, and whether they hold for a request and its answer.

import {
  decideInSession,
  evaluate,
  judgeInvariants,
  judgeSessionInvariants,
  openSession,
  recordSignal,
} from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../support/checking.ts';

const declared = `policy p
enum Level { LOW < HIGH }
subject agent { exposed?: Bool }
subject job {}
context { time: Timestamp, risk?: Level }
constraint rows: Int smallest wins
constraint span: Duration smallest wins
constraint level: Level largest wins
constraint hosts: Set<String> intersects
constraint until: Timestamp smallest wins
constraint price: Decimal smallest wins
obligation step_up { acr_value: String }
obligation ask: access_request { expires_in: Duration }
for agent {
  permit ok otherwise
  challenge high when context.risk is HIGH with step_up { acr_value: "gold" }, ask { expires_in: 10m }
  narrow low when context.risk is LOW
    to { rows: 10, span: 250ms, level: LOW, hosts: { "a", "b" }, until: 2026-01-01T00:00:00Z, price: 9223372036854.775807 }
  deny exposed when subject.exposed
}
`;

test.each([
  ['effect >= denied', 'unknown-name «denied» unknown name `denied`'],
  ['size(reasns) > 1', 'unknown-name «reasns» unknown name `reasns`: did you mean `reasons`?'],
  [
    'constraints.row < 5',
    'unknown-member «row» `constraints` has no member `row`: did you mean `rows`?',
  ],
  ['constraints.rows < 5m', 'wrong-type «5m» expected Int, found Duration'],
  ['hihg in reasons', 'unknown-name «hihg» unknown name `hihg`: did you mean `high`?'],
  ['stepup in obligations', 'unknown-name «stepup» unknown name `stepup`: did you mean `step_up`?'],
  ['effect', 'wrong-type «effect» expected Bool, found Effect'],
  [
    'subject.exposd',
    'unknown-member «exposd» `subject` has no member `exposd`: did you mean `exposed`?',
  ],
])('reports the error in %s', (claim, expected) => {
  expect(checkText(`${declared}invariant "i" for agent\n${claim}`).found).toEqual([expected]);
});

/** Whether an invariant holds for an agent, or `undefined` if it is not evaluated. */
function holds(claim: string, properties: string, context: string): boolean | undefined {
  const policy = checkPolicy(`${declared}invariant "i" for agent\n${claim}`);
  const text = `{ "subject": { "type": "agent", "id": "a", "properties": ${properties} }, "action": { "name": "b" }, "resource": { "type": "c", "id": "d" }, "context": ${context} }`;
  const [request, clock] = [
    new TextEncoder().encode(text),
    { now: 0n, precedence: 'host' as const },
  ];
  const results = judgeInvariants(policy, request, clock, evaluate(policy, request, clock));
  return results[0]?.holds;
}

test.each([
  ['constraints.price < 9223372036854.775807', '{ "exposed": false }', '{ "risk": "LOW" }', false],
  ['constraints.price > 9223372036854.775806', '{ "exposed": false }', '{ "risk": "LOW" }', true],
  ['subject.exposed implies effect >= deny', '{ "exposed": true }', '{}', true],
  [
    'not subject.exposed implies effect is permit',
    '{ "exposed": false }',
    '{ "risk": "LOW" }',
    false,
  ],
  // An unknown claim is not refuted.
  ['not subject.exposed implies effect is permit', '{}', '{ "risk": "LOW" }', true],
  ['constraints.rows <= 10', '{ "exposed": false }', '{ "risk": "LOW" }', true],
  ['constraints.rows < 10', '{ "exposed": false }', '{ "risk": "LOW" }', false],
  ['constraints.rows < 10', '{ "exposed": false }', '{ "risk": "HIGH" }', true],
  ['constraints.rows is present', '{ "exposed": false }', '{ "risk": "HIGH" }', false],
  ['constraints.span is 250ms', '{ "exposed": false }', '{ "risk": "LOW" }', true],
  ['constraints.span > 250ms', '{ "exposed": false }', '{ "risk": "LOW" }', false],
  ['constraints.level < HIGH', '{ "exposed": false }', '{ "risk": "LOW" }', true],
  ['constraints.hosts within { "a" }', '{ "exposed": false }', '{ "risk": "LOW" }', false],
  ['constraints.until < 2026-01-01T00:00:01Z', '{ "exposed": false }', '{ "risk": "LOW" }', true],
  ['constraints.until < 2026-01-01T00:00:00Z', '{ "exposed": false }', '{ "risk": "LOW" }', false],
  [
    'effect is challenge implies step_up in obligations',
    '{ "exposed": false }',
    '{ "risk": "HIGH" }',
    true,
  ],
  [
    'effect is narrow implies step_up in obligations',
    '{ "exposed": false }',
    '{ "risk": "LOW" }',
    false,
  ],
  [
    'effect is challenge implies ask in obligations',
    '{ "exposed": false }',
    '{ "risk": "HIGH" }',
    true,
  ],
  ['ask not in obligations', '{ "exposed": false }', '{ "risk": "HIGH" }', false],
  ['ask not in obligations', '{ "exposed": false }', '{ "risk": "LOW" }', true],
  ['high in reasons', '{ "exposed": false }', '{ "risk": "HIGH" }', true],
  ['reasons within { low }', '{ "exposed": false }', '{ "risk": "HIGH" }', false],
  // Invariants are not evaluated for an invalid request.
  ['effect is permit', '{ "exposed": 5 }', '{}', undefined],
])('%s for properties %s and context %s is %s', (claim, properties, context, expected) => {
  expect(holds(claim, properties, context)).toBe(expected);
});

test('an invariant applies only to its subjects', () => {
  const policy = checkPolicy(`${declared}invariant "i" for job effect is permit`);
  const text =
    '{ "subject": { "type": "agent", "id": "a" }, "action": { "name": "b" }, "resource": { "type": "c", "id": "d" } }';
  const [request, clock] = [
    new TextEncoder().encode(text),
    { now: 0n, precedence: 'host' as const },
  ];
  const answer = evaluate(policy, request, clock);
  expect(judgeInvariants(policy, request, clock, answer)).toEqual([]);
});

test('evaluates an invariant that reads history in sessions only', () => {
  const policy = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
signals { "stop": {} }
for agent { permit ok otherwise }
invariant "stopped" for agent
  once(signal "stop") implies effect >= deny
`);
  const request = `{ "subject": { "type": "agent", "id": "a" }, "action": { "name": "b" }, "resource": { "type": "c", "id": "d" } }`;
  const [bytes, clock] = [
    new TextEncoder().encode(request),
    { now: 0n, precedence: 'host' as const },
  ];
  expect(judgeInvariants(policy, bytes, clock, evaluate(policy, bytes, clock))).toEqual([]);
  const opened = openSession(request, 0n);
  const listVerdicts = (session: typeof opened) =>
    judgeSessionInvariants(policy, session, 0n, decideInSession(policy, session, 0n).answer).map(
      ({ holds: own }) => own,
    );
  expect(listVerdicts(opened)).toEqual([true]);
  const signal = { name: 'stop', payload: undefined, time: undefined };
  const recorded = recordSignal(policy, opened, signal, 0n);
  if ('error' in recorded) throw new Error(JSON.stringify(recorded.error));
  expect(listVerdicts(recorded.session)).toEqual([false]);
});
