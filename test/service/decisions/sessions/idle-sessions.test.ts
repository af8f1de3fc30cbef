// Sessions without requests: each request about a session counts, also one that only reads it; lists do not.

import { serviceItself } from '@nhipol/service';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../../../support/system/manual-clock.ts';
import { type Harness, openHarness } from '../service-harness.ts';
import { sessionPolicy } from './session-policy.ts';

const subject = { type: 'ai_agent', id: 'a' };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const minute = 60_000;

let clock: ManualClock;
let harness: Harness;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  clock = new ManualClock();
  harness = await openHarness({ policy: sessionPolicy, point: { sessionIdle: 3 * minute, clock } });
});
afterEach(async () => {
  await harness.close();
  vi.useRealTimers();
});

/** Ends when a session with requests every two minutes would have been closed. */
async function repeat(request: () => Promise<unknown>): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    clock.to(clock.now() + 2 * minute);
    vi.advanceTimersByTime(2 * minute);
    await request();
  }
}

test('a session is closed without requests about it, and not while it is read or searched', async () => {
  const { sessions } = harness.point;
  const request = { subject, ...read };
  const ways: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    view: (id) => sessions.view(serviceItself, id),
    read: (id) => sessions.read(serviceItself, id),
    follow: async (id) => {
      const response = await fetch(`${harness.url}/sessions/${id}/changes`);
      await response.body?.cancel();
    },
    consider: (id) => sessions.consider(serviceItself, id, request),
    evaluate: (id) => sessions.decideQuery(serviceItself, id, request),
    decide: (id) => sessions.decide(serviceItself, id, read),
    patch: (id) => sessions.patch(serviceItself, id, {}),
    signal: (id) => sessions.signal(serviceItself, id, 'calm', {}, undefined),
  };
  for (const id of [...Object.keys(ways), 'listed']) {
    await sessions.open(serviceItself, id, { subject });
  }
  await repeat(async () => {
    await sessions.list(serviceItself, '', 100);
    for (const [id, request] of Object.entries(ways)) await request(id).catch(() => {});
  });
  const { sessions: open } = await sessions.list(serviceItself, '', 100);
  expect(open.map(({ id }) => id)).toEqual(Object.keys(ways).sort());
});
