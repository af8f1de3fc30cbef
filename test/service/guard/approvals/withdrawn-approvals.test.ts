// A call that waits for a person at a terminal, and whose client does not wait any more: nobody can approve it.

import { afterEach, beforeAll, expect } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { Harness } from '../../relay/relay-harness.ts';
import { compileForGuard } from '../guard-policy.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(`policy test.withdrawn version "1.0.0"
use nhi.{ Approval }
use nhi.{ is_approved }
record Path { path: String }
subject ai_agent {}
action "fs:write" { arguments: Path }
action any {}
resource mcp_server {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
obligation ask: access_request { template: String, expires_in: Duration = 10m }
for ai_agent doing "fs:write" {
  permit writes otherwise
  challenge asks when not is_approved(context.approvals, context.call_digest)
    with ask { template: "write" }
}
`);
});
const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

attack('guard-cancelled-approval', () => {
  const relay = new Harness({ module, ask: 'terminal' });
  open.push(relay);
  relay.connect();
  const path = { path: '/a' };
  const pending = () => relay.store.pending(Date.now());
  const cancel = (requestId: number) =>
    relay.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
  // Two calls wait for one request, which ends with the second one.
  for (const id of [1, 2]) relay.call(id, 'write', path);
  const [{ id = '', digest = '' } = {}, ...others] = pending();
  expect(others).toEqual([]);
  cancel(1);
  expect(pending()).toHaveLength(1);
  cancel(2);
  expect(pending()).toEqual([]);
  const approval = { id, digest, approver: 'eve', grantedAt: Date.now() };
  const expiresAt = Date.now() + 60_000;
  expect(relay.store.approveRequest({ ...approval, channel: 'terminal', expiresAt })).toBe(false);
  // The client ends while another call waits.
  relay.call(3, 'write', path);
  expect(pending()).toHaveLength(1);
  relay.relay.close();
  expect(pending()).toEqual([]);
});
