// The requests that one subject has open by many relays.

import { Guard, type Peer } from '@nhipol/service';
import { beforeAll, expect } from 'vitest';
import { noAbilities } from '../../../../service/engine/abilities.ts';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../../guard/guard-policy.ts';
import { files, temporaryStore } from '../relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

interface Sent {
  readonly id: number | string;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const read = (message: Uint8Array | string): Sent => JSON.parse(Buffer.from(message).toString());
const encodeMessage = (message: object) =>
  Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));

/** A connection that sends one request and is closed. */
function connectSubject(guard: Guard, subject: string) {
  const properties = { expires_at: '2099-01-01T00:00:00Z' };
  const facts = { identity: { type: 'ai_agent', id: subject, properties }, context: {} };
  const relay = guard.connect(facts);
  const received: Sent[] = [];
  const reached: Sent[] = [];
  const client: Peer = { send: (message) => received.push(read(message)) };
  const server: Peer = {
    send: (message) => {
      const sent = read(message);
      if (sent.method === 'tools/list') answer(sent.id, { tools: files });
      else reached.push(sent);
    },
  };
  const answer = (id: number | string, result: object) =>
    relay.fromServer(encodeMessage({ id, result }), client, server);
  return {
    send: (...messages: readonly object[]) => {
      for (const message of messages) relay.fromClient(encodeMessage(message), client, server);
      guard.disconnect(relay);
      return { error: received[0]?.error?.message, reached: reached.length };
    },
    answer,
  };
}

const openGuard = () =>
  Guard.open({
    module,
    abilities: noAbilities,
    store: temporaryStore().store,
    mode: 'enforce',
    facts: undefined,
    log: undefined,
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'error',
    onRevoked: () => {},
    onWarning: () => {},
  });

attack(
  'guard-unanswered-relays',
  async () => {
    const guard = await openGuard();
    const ping = { id: 1, method: 'ping' };
    const note = 'x'.repeat(40 * 1_048_576);
    const call = {
      id: 1,
      method: 'tools/call',
      params: { name: 'read', arguments: { path: '/work/a' }, note },
    };
    const first = connectSubject(guard, 'ann');
    // The client has left, and the server got the call and its cancellation.
    expect(first.send(call).reached).toBe(2);
    expect(connectSubject(guard, 'ann').send({ ...ping, params: { note } }).reached).toBe(1);
    const refused = { error: 'the server has not answered 2 requests: start it again', reached: 0 };
    expect(connectSubject(guard, 'ann').send(ping)).toEqual(refused);
    expect(connectSubject(guard, 'bob').send(ping)).toEqual({ error: undefined, reached: 1 });
    first.answer(1, { content: [] });
    expect(connectSubject(guard, 'ann').send(ping)).toEqual({ error: undefined, reached: 1 });
    // Short requests count by their number.
    for (let index = 0; index < 10_000; index += 1) connectSubject(guard, 'eve').send(ping);
    expect(connectSubject(guard, 'eve').send(ping).error).toContain(
      'has not answered 10000 requests',
    );
    await guard.close();
  },
  60_000,
);

attack(
  'guard-cancelled-requests',
  async () => {
    const guard = await openGuard();
    const note = 'x'.repeat(40 * 1_048_576);
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 1 } };
    for (const [subject, message] of [
      ['ann', { id: 1, method: 'ping', params: { note } }],
      ['bob', { id: 1, method: 'resources/unsubscribe', params: { uri: 'file:///a', note } }],
      ['eve', { id: note, method: 'ping' }],
    ] as const) {
      const cancel =
        message.id === 1 ? cancelled : { ...cancelled, params: { requestId: message.id } };
      const [first, second] = [connectSubject(guard, subject), connectSubject(guard, subject)];
      expect([subject, first.send(message, cancel).reached]).toEqual([subject, 2]);
      expect([subject, second.send(message, cancel).reached]).toEqual([subject, 2]);
      const refused = connectSubject(guard, subject).send({ id: 2, method: 'ping' });
      expect(refused.error).toBe('the server has not answered 2 requests: start it again');
      first.answer(message.id, {});
      const passed = connectSubject(guard, subject).send({ id: 2, method: 'ping' });
      expect([subject, passed]).toEqual([subject, { error: undefined, reached: 1 }]);
    }
    await guard.close();
  },
  120_000,
);
