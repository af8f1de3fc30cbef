// Sessions with random requests, patches and signals: an answer is valid until its `valid_until`,
// evaluating again changes nothing, a session that ended stays ended, and a decision adds one event.

import {
  decideInSession,
  type EvaluatedAnswer,
  type EvaluatorSession,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
} from '@nhipol/language';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { toComparable } from '../../support/modules/engines.ts';
import {
  createPayload,
  type SessionStep,
  sessionPolicy,
  sessionRequest,
  sessionStep,
} from '../../support/sessions/session-steps.ts';

const policy = sessionPolicy;

function countEvents({ events, taken }: EvaluatorSession): number {
  return events.length + (taken === undefined ? 0 : 1);
}

/** The session after each step, with its instant and its earlier answer. */
function* run(steps: readonly SessionStep[]): Iterable<{ session: EvaluatorSession; now: bigint }> {
  let session = openSession(sessionRequest, 0n);
  let now = 0n;
  for (const each of steps) {
    if (each.kind === 'wait') now += BigInt(each.by);
    else if (each.kind === 'patch') session = patchSession(policy, session, [each.change]);
    else if (each.kind === 'ask') {
      const decided = decideInSession(policy, session, now);
      const grown = session.revoked === undefined ? 1 : 0;
      expect(countEvents(decided.session)).toBe(countEvents(session) + grown);
      session = decided.session;
      expect(reevaluate(policy, session, now).answer).toEqual(decided.answer);
    } else {
      const payload = new TextEncoder().encode(createPayload(each));
      const time = each.late === undefined ? undefined : now - BigInt(each.late);
      const recorded = recordSignal(policy, session, { name: each.name, payload, time }, now);
      if ('session' in recorded) session = recorded.session;
      // The session may have no action that an outcome could be about.
      else expect(['unheard', 'done'].includes(each.name) || each.text === 5).toBe(true);
    }
    yield { session, now };
  }
}

const probes = [1n, 499n, 1_000n, 3_001n, 6_000n, 9_000n, 20_000n];

test('an answer is valid until its `valid_until`', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(sessionStep, { maxLength: 24 }), (steps) => {
      let last: EvaluatedAnswer | undefined;
      for (const { session, now } of run(steps)) {
        const { answer } = reevaluate(policy, session, now);
        for (const reason of answer.reasons) seen.add(reason);
        if (last?.effect === 'revoke') expect(answer).toBe(last);
        if (session.revoked !== undefined) last = session.revoked;
        // A revoke is final because the session stores it.
        if (answer.effect === 'revoke') continue;
        const end = answer.validUntil === undefined ? undefined : BigInt(answer.validUntil);
        const before = end === undefined ? [] : [end - 1n];
        for (const instant of [...probes.map((by) => now + by), ...before]) {
          if ((end !== undefined && instant >= end) || instant < now) continue;
          expect(toComparable(reevaluate(policy, session, instant).answer)).toEqual(
            toComparable(answer),
          );
        }
      }
    }),
    { numRuns: runs(1_200, 700) },
  );
  const rules = policy.rules.map(({ id }) => id).sort();
  expect([...seen].filter((id) => id !== 'invalid_request').sort()).toEqual(rules);
});

test('another answer follows the end of an answer, unless a rule fires on two values', () => {
  const turned = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.array(sessionStep, { maxLength: 24 }), (steps) => {
      for (const { session, now } of run(steps)) {
        const { answer } = reevaluate(policy, session, now);
        if (answer.validUntil === undefined) continue;
        const after = reevaluate(policy, session, BigInt(answer.validUntil)).answer;
        const same = JSON.stringify(toComparable(after)) === JSON.stringify(toComparable(answer));
        turned[same ? 'no' : 'yes'] += 1;
      }
    }),
    { numRuns: runs(200, 40) },
  );
  expect(turned.yes).toBeGreaterThan(turned.no);
});
