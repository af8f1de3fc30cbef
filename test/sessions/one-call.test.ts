// Approvals that count for one allowed call each, with the evaluator and with a module: replays, other calls, refused
// calls, and sessions that are restored from a snapshot.

import { compile } from '@nhipol/compiler';
import { evaluate } from '@nhipol/language';
import { load } from '@nhipol/runtime';
import { callDigest } from '@nhipol/runtime/call-digest';
import { createEvaluatorTestEngine, createModuleTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const head = `policy p
use nhi.{ Approval, is_approved, is_approved_for_one_call }
subject agent {}
action "pay" { amount?: Int }
action "mail" {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval>, frozen: Bool = false }
`;
const rules = `for agent {
  let used = once(allowed doing "pay" per context.call_digest up to 2)
  let last_use = last(allowed doing "pay" per context.call_digest up to 2).time
  permit works otherwise
  deny frozen when context.frozen
  challenge needs_approval
    when action.name is "pay"
    and not is_approved_for_one_call(context.approvals, context.call_digest, used, last_use)
}
`;
const asked = `{ subject: { type: agent, id: a }, action: { name: pay, properties: { amount: 5 } },
  resource: { type: account, id: b }, context: { time: 2026-03-03T10:00:00Z } }`;

const cases = {
  'a replay is challenged':
    'granted for 10m ask expect permit then ask expect challenge then after 1s ask expect challenge',
  'the latest decision stays permitted until the next one':
    'granted for 10m ask expect permit then after 1s expect permit',
  'another call does not use the approval':
    'granted for 10m with { action = { name: "mail" } } ask expect permit then with { action = { name: "pay", properties: { amount: 5 } } } ask expect permit',
  'an approval is not for another amount':
    'granted for 10m with { action.amount = 6 } ask expect challenge',
  'a refused call does not use the approval':
    'granted for 10m with { context.frozen = true } ask expect deny because frozen then with { context.frozen = false } ask expect permit then ask expect challenge',
  'a challenged call does not use a later approval':
    'ask expect challenge then granted for 10m ask expect permit then ask expect challenge',
  'a new approval counts for one more call':
    'granted for 10m ask expect permit then after 1s ask expect challenge then after 1s granted for 10m ask expect permit then ask expect challenge',
  'two approvals before a call are used by it':
    'granted for 10m granted for 5m ask expect permit then ask expect challenge',
  'an approval of the instant of the last call does not count':
    'granted for 10m ask expect permit then granted for 10m ask expect challenge',
  'more different calls than are stored are challenged':
    'granted for 10m ask expect permit then with { action.amount = 6 } ask expect challenge then granted for 10m ask expect permit then with { action.amount = 7 } ask expect challenge then granted for 10m ask expect permit then after 1s granted for 10m ask expect challenge',
};

const policy = checkPolicy(
  `${head}${rules}${Object.entries(cases)
    .map(([name, steps]) => `test "${name}" { session ${asked} ${steps} }`)
    .join('\n')}`,
);
const { wasm } = await compile(policy, assemble, { sessions: true });

test.each([
  ['the evaluator', createEvaluatorTestEngine(policy)],
  ['the module', createModuleTestEngine(load(wasm))],
] as const)('each approval counts for one allowed call in %s', (_, engine) => {
  const results = runTests(policy, engine);
  const failed = results.flatMap(({ test: { name }, failures }) =>
    failures.map(({ differences }) => [name, differences]),
  );
  expect(failed).toEqual([]);
  expect(results.length).toBe(Object.keys(cases).length);
});

const start = Date.parse('2026-03-03T10:00:00Z');
const call = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'pay', properties: { amount: 5 } },
  resource: { type: 'account', id: 'b' },
  context: {},
};

function openRegistry(clock: { now: number }) {
  return createRegistry(load(wasm), { clock: { now: () => clock.now, at: () => () => {} } });
}

test('a session that is restored from a snapshot does not forget that an approval was used', () => {
  const clock = { now: start };
  const first = openRegistry(clock);
  first.open('s', call);
  const { callDigest: digest = '' } = first.decide('s');
  first.grant('s', { digest, expiresAt: start + 600_000 });
  const beforeUse = first.snapshot('s');
  expect(first.decide('s').effect).toBe('permit');
  const afterUse = first.snapshot('s');
  clock.now += 1_000;
  const second = openRegistry(clock);
  second.restore(afterUse);
  expect(second.decide('s').reasons).toEqual(['needs_approval']);
  second.grant('s', { digest, expiresAt: start + 600_000 });
  expect(second.decide('s').effect).toBe('permit');
  const third = openRegistry(clock);
  third.restore(beforeUse);
  expect(third.decide('s').effect).toBe('permit');
});

test('an approval from the future does not count, however often it is used', () => {
  const clock = { now: start };
  const sessions = openRegistry(clock);
  sessions.open('s', call);
  const { callDigest: digest = '' } = sessions.decide('s');
  const expiresAt = start + 600_000;
  expect(sessions.grant('s', { digest, expiresAt, grantedAt: start + 1 }).effect).toBe('challenge');
  clock.now += 1;
  expect(sessions.decide('s').effect).toBe('permit');
  clock.now += 1;
  expect(sessions.decide('s').effect).toBe('challenge');
});

test('without a session, the call is challenged, or the answer says what to consume', () => {
  const stateless = checkPolicy(`${head}obligation consume_approval: custom { digest: String }
for agent doing "pay" {
  permit works otherwise
    with consume_approval { digest: context.call_digest }
  challenge needs_approval when not is_approved(context.approvals, context.call_digest)
}`);
  const digest = callDigest(JSON.stringify(call), 'p') ?? '';
  const approvals = [
    { digest, expires_at: '2026-03-03T10:10:00Z', granted_at: '2026-03-03T10:00:00Z' },
  ];
  const bytes = new TextEncoder().encode(JSON.stringify({ ...call, context: { approvals } }));
  const clock = { now: BigInt(start), precedence: 'host' } as const;
  expect(evaluate(policy, bytes, clock).reasons).toEqual(['needs_approval']);
  const answer = evaluate(stateless, bytes, clock);
  expect(answer.effect).toBe('permit');
  expect(answer.obligations).toEqual([
    expect.objectContaining({ name: 'consume_approval', properties: { digest } }),
  ]);
});
