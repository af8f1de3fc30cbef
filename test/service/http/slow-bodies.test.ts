// Bodies of requests that are sent slowly.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createAccess } from '@nhipol/service';
import { afterEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { approvalPolicy } from '../decisions/sessions/session-policy.ts';
import { signalSettings, sourceSettings } from '../signals/signal-issuer.ts';

const sockets: Socket[] = [];
let harness: Harness | undefined;
afterEach(async () => {
  for (const each of sockets.splice(0)) each.destroy();
  await harness?.close();
  harness = undefined;
});

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const keys = ['greedy', 'other'].map((id) => ({
  id,
  sha256: sha256(id),
  roles: ['evaluate' as const],
}));

/** Sends the head of a request and the first bytes of its body. */
function begin(path: string, headers: readonly string[], length: number, sent: number): Socket {
  const port = Number(new URL(harness?.url ?? '').port);
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  const lines = [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers];
  socket.write(`${lines.join('\r\n')}\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(Buffer.alloc(sent, ' '));
  return socket;
}

async function readStatus(socket: Socket): Promise<number> {
  const [head] = await once(socket, 'data');
  return Number(/^HTTP\/1.1 (\d+)/.exec(`${head}`)?.[1]);
}

const json = 'Content-Type: application/json';
const own = { subject: { type: 'ai_agent', id: 'a' } };
const request = { ...own, action: { name: 'pay' }, resource: { type: 'file', id: 'f' } };

attack('http-slow-bodies', async () => {
  harness = await openHarness({
    policy: approvalPolicy,
    service: { access: createAccess({ keys }), limits: { waitingBytes: 4_000_000 } },
    signals: signalSettings({
      sources: [{ ...sourceSettings({ keys: [] }), pushAuthorization: 'Bearer secret' }],
    }),
  });
  const [megabyte, most] = [1_000_000, 900_000];
  const secevent = 'Content-Type: application/secevent+jwt';
  const early = [
    ['/signals/nope', [secevent], 404],
    ['/signals/idp', [secevent], 401],
    ['/webhooks/nope', [json], 404],
    ['/access/v1/evaluations', [json], 401],
    ['/access/v1/evaluation', [json], 401],
    ['/access/v1/evaluation', [json, 'X-Api-Key: none'], 401],
  ] as const;
  for (const [path, headers, status] of early) {
    const size = path === '/access/v1/evaluation' ? 60_000 : megabyte;
    expect([path, await readStatus(begin(path, headers, size, 50_000))]).toEqual([path, status]);
  }
  const greedy = Array.from({ length: 20 }, () =>
    begin('/access/v1/evaluations', [json, 'X-Api-Key: greedy'], megabyte, most),
  );
  const other = begin('/access/v1/evaluations', [json, 'X-Api-Key: other'], megabyte, most);
  await expect.poll(() => greedy.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(15);
  expect(other.destroyed).toBe(false);
  const { status } = await harness.post('/access/v1/evaluation', request, { 'x-api-key': 'other' });
  expect(status).toBe(200);
  other.write(Buffer.alloc(megabyte - most, ' '));
  expect(await readStatus(other)).toBe(400);
  expect(harness.warnings.join()).toContain('connections of key:greedy were closed');
});

test('connections go on after long bodies', async () => {
  harness = await openHarness({
    policy: approvalPolicy,
    service: { limits: { waitingBytes: 2_000_000 } },
  });
  const evaluations = Array.from({ length: 900 }, () => ({ context: { note: 'x'.repeat(900) } }));
  for (let round = 0; round < 4; round += 1) {
    const { status, body } = await harness.post('/access/v1/evaluations', {
      ...request,
      evaluations,
    });
    expect([status, body.evaluations.length]).toEqual([200, 900]);
  }
});
