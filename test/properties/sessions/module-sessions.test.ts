// The sessions of a module give the evaluator's answers, whatever the steps: facts that change, signals
// that arrive late, decisions, and time that passes.

import { compile } from '@nhipol/compiler';
import { changeRequest, evaluate } from '@nhipol/language';
import type { PolicyModel, TestChange } from '@nhipol/language/model';
import { load, toAuthZen } from '@nhipol/runtime';
import { createEvaluatorSessions, noTables } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TestedSession } from '../../../assurance/testing/runner/run-tests.ts';
import { createModuleSessions } from '../../../assurance/testing/runner/sessions.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { normalizedPolicy } from '../../support/policies/normalized-policy.ts';
import {
  approvals,
  examples,
  generateRequests,
  seed,
  strict,
} from '../../support/policies/property-policies.ts';
import {
  createPayload,
  sessionPolicy,
  sessionRequest,
  sessionStep,
} from '../../support/sessions/session-steps.ts';

type Given = ReturnType<TestedSession['ask']>;

async function compileModule(policy: PolicyModel) {
  const { wasm } = await compile(policy, assembleQuickly, { sessions: true });
  return load(wasm);
}

function openBoth(
  policy: PolicyModel,
  module: ReturnType<typeof load>,
  request: string,
  opens: bigint,
) {
  return [
    createEvaluatorSessions(policy)(request, opens),
    createModuleSessions(module)(request, opens),
  ];
}

/** Queries both sessions, and expects the same answer. */
function same(sessions: readonly TestedSession[], ask: (session: TestedSession) => Given): Given {
  const [expected, answer] = sessions.map(ask) as [Given, Given];
  expect(toAuthZen(answer)).toEqual(toAuthZen(expected));
  return expected;
}

function isValid(policy: PolicyModel, request: string, now: bigint): boolean {
  const bytes = new TextEncoder().encode(request);
  return evaluate(policy, bytes, { now, precedence: 'host' }).error === undefined;
}

test('module and evaluator agree on history', async () => {
  const module = await compileModule(sessionPolicy);
  const seen = new Set<string>();
  const property = fc.property(fc.array(sessionStep, { maxLength: 40, size: 'max' }), (steps) => {
    const sessions = openBoth(sessionPolicy, module, sessionRequest, 0n);
    let request = sessionRequest;
    let now = 0n;
    for (const each of steps) {
      if (each.kind === 'wait') now += BigInt(each.by);
      else if (each.kind === 'ask') {
        for (const id of same(sessions, (session) => session.ask(now)).reasons) seen.add(id);
      } else if (each.kind === 'patch') {
        const changed = changeRequest(request, [each.change]);
        if (!isValid(sessionPolicy, changed, now)) continue;
        request = changed;
        for (const session of sessions) session.change([each.change], noTables);
      } else if (each.name !== 'unheard' && each.text !== 5) {
        const payload = createPayload(each);
        const time = each.late === undefined ? undefined : now - BigInt(each.late);
        for (const session of sessions) session.receive({ name: each.name, payload, time }, now);
      }
      for (const id of same(sessions, (session) => session.judge(now)).reasons) seen.add(id);
    }
  });
  fc.assert(property, { numRuns: runs(400, 70), seed });
  expect([...seen].sort()).toEqual(sessionPolicy.rules.map(({ id }) => id).sort());
});

const subjects = [
  ...examples,
  strict,
  approvals,
  ['settled', checkPolicy(normalizedPolicy)] as const,
];
const roots = ['subject', 'action', 'resource', 'context'];

/** Some parts of another request, as changes. */
function listChanges(text: string, chosen: readonly string[]): readonly TestChange[] {
  const request = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return chosen.flatMap((root) =>
    request[root] === undefined ? [] : [{ path: [root], json: JSON.stringify(request[root]) }],
  );
}

test.each(subjects)('facts of a session change as requests do: %s', async (_, policy) => {
  const module = await compileModule(policy);
  const now = 1_772_533_800_000n;
  const texts = generateRequests(policy)
    .map(({ text }) => text)
    .filter((text) => isValid(policy, text, now) && isExact(text));
  const step = fc.record({
    text: fc.constantFrom(...texts),
    chosen: fc.subarray(roots),
    by: fc.constantFrom(0n, 1n, 60_000n, 3_600_000n),
    isAsked: fc.boolean(),
  });
  const steps = fc.tuple(fc.constantFrom(...texts), fc.array(step, { maxLength: 12 }));
  const property = fc.property(steps, ([first, others]) => {
    const sessions = openBoth(policy, module, first, now);
    let [request, at] = [first, now];
    same(sessions, (session) => session.ask(at));
    for (const { text, chosen, by, isAsked } of others) {
      at += by;
      const changes = listChanges(text, chosen);
      const changed = changeRequest(request, changes);
      if (isValid(policy, changed, at)) {
        request = changed;
        for (const session of sessions) session.change(changes, noTables);
      }
      same(sessions, (session) => (isAsked ? session.ask(at) : session.judge(at)));
    }
  });
  fc.assert(property, { numRuns: runs(60), seed });
});

/** Whether JavaScript reads and writes it without changing a number. */
function isExact(text: string): boolean {
  return !/[0-9]{16}|e[0-9]/i.test(text);
}
