// The agent of examples/embed-node is denied, restarts, and is stopped during its work.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { StoryClock } from '../../examples/embed-node/clock.ts';
import { serve } from '../../examples/embed-node/service.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { assemble } from '../support/modules/assembler.ts';

test('a signal stops the agent while a tool runs', async () => {
  const { policy } = loadPolicy('examples/agent-trifecta/policy.nhipol');
  if (policy === undefined) throw new Error('no policy');
  const { wasm } = await compile(policy, assemble, { version: '0' });
  const clock = new StoryClock('2026-03-03T10:00:00Z');
  const lines: string[] = [];
  const served = serve(load(wasm), clock, (line) => lines.push(line));
  await clock.run();
  await served;
  expect(lines).toEqual([
    '10:00:00  records.read order-4711: permit, reads',
    '10:00:02  web.fetch news.example/today: permit, goes_out',
    '10:00:05  email.send kim@customer.example: deny, way_out_closed (the agent has read untrusted ' +
      'content and holds private data: nothing leaves to customer.example)',
    '10:00:05  the agent restarts with an empty context',
    '10:00:05  email.send kim@customer.example: permit, goes_out',
    '10:00:06  records.read archive-2025: permit, reads',
    '10:00:30  an administrator ends the session',
    '10:00:30  the session is revoked: session_revoked (this session was ended)',
    '10:00:30  the agent has stopped',
    '10:00:30  requested again: revoke, session_revoked (this session was ended)',
  ]);
});
