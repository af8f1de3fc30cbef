// A call whose body ends after its client may no longer be served does not begin.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, expect } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { WorkGuard, workPolicy } from './work-guard.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(workPolicy);
});
let guard: WorkGuard;
afterEach(() => guard.close());

/** For how long the guard has read the headers of a call, in milliseconds. */
const headerPeriod = 200;

const closings: Readonly<Record<string, { readonly close: () => unknown; readonly text: string }>> =
  {
    end: { close: () => void guard.end(), text: 'the guard ends' },
    deletion: { close: () => guard.send(undefined), text: 'the connection has ended' },
    revoke: { close: () => guard.revoke(), text: 'the key leaked' },
    expiry: { close: () => delay(1_500), text: 'the token has expired' },
  };

attack(
  'guard-late-body',
  async () => {
    for (const [how, { close, text }] of Object.entries(closings)) {
      guard = new WorkGuard();
      await guard.open(module);
      const { server } = guard;
      // A call whose cancellation the server does not take at once, so that the end of the guard takes a second.
      const running = guard.call(1, 'silent').catch(() => undefined);
      await expect.poll(() => server.begun).toContain(1);
      if (how === 'end') server.refusals.push(503);
      if (how === 'expiry') guard.validUntil = Date.now() + 1_000;
      const finish = guard.beginCall(2, 'silent');
      await delay(headerPeriod);
      await close();
      await delay(headerPeriod);
      expect([how, await finish()]).toEqual([how, expect.stringContaining(text)]);
      expect([how, server.begun]).toEqual([how, [0, 1]]);
      await guard.close();
      await running;
    }
  },
  60_000,
);
