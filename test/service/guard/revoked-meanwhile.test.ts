// A session that is revoked or closed while a decision in it is stored: the decision does not permit, in the answer and in the
// log.

import { type LogEntry, serviceItself } from '@nhipol/service';
import { expect } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { openHarness } from '../decisions/service-harness.ts';
import { signalPolicy } from '../signals/signal-issuer.ts';

const decision = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const risk = { level: 'LOW', observed_at: new Date().toISOString() };

attack('log-permit-after-revocation', async () => {
  const logged: LogEntry[] = [];
  const log = {
    append: (entry: LogEntry) => `entry-${logged.push(entry)}`,
    close: async () => {},
  };
  const harness = await openHarness({ policy: signalPolicy, point: { log } });
  try {
    const { point } = harness;
    const { sessions } = point;
    const open = (id: string) =>
      sessions.open(serviceItself, id, {
        subject: { type: 'ai_agent', id },
        context: { risk },
      });
    const asking = { caller: serviceItself, traceId: undefined };
    await open('s0');
    expect((await point.decideInSession('s0', decision, asking)).decision).toBe(true);
    await open('s1');
    const deciding = point.decideInSession('s1', decision, asking);
    // Before the decision is on the disk.
    const revoking = sessions.signal(serviceItself, 's1', 'session-revoked', {}, undefined);
    const [{ decision: isPermitted, context }] = await Promise.all([deciding, revoking]);
    expect([isPermitted, context?.effect]).toEqual([false, 'revoke']);
    const lines = logged.filter((entry) => 'session' in entry && entry.session === 's1');
    const kinds = lines.map((entry) => ('effect' in entry ? entry.effect : entry.kind));
    expect(kinds).toContain('revocation');
    expect(kinds.slice(kinds.indexOf('revocation'))).not.toContain('permit');
    await open('s2');
    const another = point.decideInSession('s2', decision, asking);
    const closing = sessions.close(serviceItself, 's2');
    await closing;
    expect(await another).toMatchObject({ decision: false, context: { reasons: ['no_session'] } });
  } finally {
    await harness.close();
  }
});
