// The step in which a request takes effect: it ends before anything else can happen, and nothing of it lasts.

import { createSessions } from '@nhipol/runtime';
import { serviceItself } from '@nhipol/service';
import { expect, test } from 'vitest';
import { loadPolicyModule } from '../../../../service/engine/policy-module.ts';
import {
  type SessionAdmission,
  SessionGate,
} from '../../../../service/pdp/sessions/session-gate.ts';
import { SessionOwners } from '../../../../service/pdp/sessions/session-owners.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { sessionPolicy } from './session-policy.ts';

async function openGate() {
  const module = await compileForGuard(sessionPolicy);
  const { policy } = loadPolicyModule(module, { obligations: new Set(), constraints: new Set() });
  const [sessions, owners] = [createSessions(policy), new SessionOwners()];
  sessions.open('s', { subject: { type: 'ai_agent', id: 'a' } });
  owners.open('s', { subject: undefined, context: [] }, 'key:ann', 0);
  return new SessionGate({ sessions, owners, isHeld: () => false, onAdmitted: () => {} });
}

test('a session cannot be used after the step of its admission', async () => {
  const gate = await openGate();
  const handle = gate.find(serviceItself, 's', 'use');
  let kept: SessionAdmission | undefined;
  const answer = gate.enter(serviceItself, handle, 'use', (admission) => {
    kept = admission;
    return admission.session.reevaluate();
  });
  expect(answer.decision).toBe(false);
  expect(() => kept?.session).toThrow('a session is used after its admission');
  // A handle has nothing to use.
  // @ts-expect-error: a session is used by an admission only
  expect(handle.decide).toBeDefined();
});

test('a step that waits is an error of types', async () => {
  const gate = await openGate();
  const handle = gate.find(serviceItself, 's', 'use');
  // @ts-expect-error: a step returns no promise
  await gate.enter(serviceItself, handle, 'use', async ({ session }) => session.reevaluate());
});

test('a caller that was not confirmed does nothing', async () => {
  const gate = await openGate();
  const identify = () => Promise.reject(new Error('removed'));
  const caller = { ...serviceItself, standing: { isCurrent: () => false, identify } };
  const handle = gate.find(caller, 's', 'use');
  expect(() => gate.enter(caller, handle, 'use', () => true)).toThrow('who may call changed');
  expect(() => gate.enterNew(caller, () => true)).toThrow('who may call changed');
});
