// Many messages of a server at once, each of which has all calls decided again that run in a session: others go on meanwhile, and what
// is decided stays what it is without turns.

import fc from 'fast-check';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { MessageTurns } from '../../../service/mcp/http/upstream/message-turns.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { stateless } from '../relay/relay-harness.ts';
import { type HttpGuardHarness, startHttpGuard } from './http-guard-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(`policy test.bursts version "1.0.0"
subject ai_agent {}
action "fs:read" {}
action "fs:slow" {}
action "fs:write" {}
resource mcp_server {}
outcomes { "delivered": {}, "completed": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow" {
  deny tainted when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
for ai_agent {
  revoke gone when once(outcome "completed" doing "fs:write") because "the agent left"
}
`);
});

const open: HttpGuardHarness[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const client = (id: string) => ({
  identity: { type: 'ai_agent', id, properties: {} },
  context: {},
});

async function start(): Promise<HttpGuardHarness> {
  const harness = await startHttpGuard(module, { ann: client('ann'), bob: client('bob') });
  open.push(harness);
  return harness;
}

function call({ send }: HttpGuardHarness, id: number, name: string, token: string) {
  const params = { name, arguments: { path: '/work/a' } };
  return send({ id, method: 'tools/call', params }, { token }).then((response) => response.text());
}

/** The ids of the calls that the server holds, in their order there. */
function listArrived({ server }: HttpGuardHarness): readonly number[] {
  return server.received.flatMap(({ message: { id, method } }) =>
    method === 'tools/call' ? [Number(id)] : [],
  );
}

/** The server answers the calls that it holds: half of them in a stream of events, with a log message before. */
function answerAll({ server }: HttpGuardHarness, ids: readonly number[]): void {
  for (const [index, id] of ids.entries()) {
    if (index % 2 === 0) {
      server.answer(index, { id, result: { content: [] } });
      continue;
    }
    const texts = [
      { method: 'notifications/message', params: { level: 'info', data: 'x' } },
      { id, result: { content: [] } },
    ].map((message) => `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
    server.held[index]?.writeHead(200, { 'content-type': 'text/event-stream' });
    server.held[index]?.end(texts.join(''));
  }
}

attack(
  'guard-burst-of-answers',
  async () => {
    const harness = await start();
    const { server, send, logged } = harness;
    const ids = Array.from({ length: 400 }, (_, index) => index);
    const answers = ids.map((id) => call(harness, id, 'slow', 'ann'));
    await expect.poll(() => server.held.length, { timeout: 20_000 }).toBe(ids.length);
    const ofBob = call(harness, 1, 'slow', 'bob');
    await expect.poll(() => server.held.length).toBe(ids.length + 1);
    const countAnswers = () =>
      logged.filter((entry) => entry.kind === 'event' && entry.signal === 'completed').length;
    answerAll(harness, listArrived(harness).slice(0, ids.length));
    server.answer(ids.length, { id: 1, result: { content: [] } });
    const unknown = await send(undefined, {
      method: 'GET',
      token: 'bob',
      headers: { 'mcp-session-id': 'unknown' },
    });
    expect([unknown.status, countAnswers() < ids.length / 2]).toEqual([404, true]);
    expect([await ofBob, countAnswers() < ids.length / 2]).toEqual([
      expect.stringContaining('"content":[]'),
      true,
    ]);
    for (const text of await Promise.all(answers)) expect(text).toContain('"content":[]');
    expect(countAnswers()).toBe(ids.length + 1);
  },
  60_000,
);

test('a call that a burst stops gets nothing of its answer that waits', async () => {
  const harness = await start();
  const { server, logged } = harness;
  const ids = Array.from({ length: 20 }, (_, index) => index);
  const answers = ids.map((id) => call(harness, id, id === 0 ? 'read' : 'slow', 'ann'));
  await expect.poll(() => server.held.length).toBe(ids.length);
  const order = listArrived(harness);
  // The page comes first, and the rest waits after it.
  server.answer(order.indexOf(0), {
    id: 0,
    result: { content: [{ type: 'text', text: 'a page' }] },
  });
  await expect.poll(() => logged.some(({ kind }) => kind === 'event')).toBe(true);
  for (const [index, id] of order.entries()) {
    if (id !== 0) server.answer(index, { id, result: { content: [] } });
  }
  const texts = await Promise.all(answers);
  expect(texts[0]).toContain('a page');
  for (const text of texts.slice(1)) {
    expect(text).toContain('not permitted: stopped while it ran: it has read a page');
  }
});

test('many calls of many connections that a revoke stops cause no warning of Node.js', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  const harness = await start();
  const { server, send } = harness;
  const ids = Array.from({ length: 20 }, (_, index) => index);
  const isStateless = (id: number) => id % 2 === 0;
  const calls = ids.map((id) => {
    if (!isStateless(id)) return call(harness, id, 'slow', 'ann');
    const params = { name: 'slow', arguments: { path: '/work/a' }, ...stateless };
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'slow',
    };
    return send({ id, method: 'tools/call', params }, { headers }).then((each) => each.text());
  });
  await expect.poll(() => server.held.length).toBe(ids.length);
  const leaving = call(harness, 99, 'write', 'ann');
  await expect.poll(() => server.held.length).toBe(ids.length + 1);
  server.answer(ids.length, { id: 99, result: { content: [] } });
  expect(await leaving).toContain('the agent left');
  for (const text of await Promise.all(calls)) expect(text).toContain('the agent left');
  await expect.poll(() => server.cancellations.length).toBeGreaterThanOrEqual(ids.length / 2);
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('steps run one at a time, in the order of their owner, and each owner has its turn', async () => {
  const owners = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(owners, async (given) => {
      const turns = new MessageTurns();
      const run: (readonly [string, number])[] = [];
      const results = given.map((owner, index) =>
        turns.take(owner, () => {
          run.push([owner, index]);
          if (index % 7 === 6) throw new Error(String(index));
          return index;
        }),
      );
      const settled = await Promise.allSettled(results);
      for (const [index, result] of settled.entries()) {
        if (index % 7 === 6) expect(result).toMatchObject({ reason: { message: `${index}` } });
        else expect(result).toMatchObject({ value: index });
      }
      expect(run).toHaveLength(given.length);
      const countEarlier = (place: number, name: string) =>
        run.slice(0, place).filter(([owner]) => owner === name).length;
      for (const name of ['a', 'b', 'c']) {
        const own = run.filter(([owner]) => owner === name).map(([, index]) => index);
        expect(own).toEqual([...own].sort((one, other) => one - other));
        for (const [place, [owner]] of run.entries()) {
          // The first one ran before any other was there.
          const isWaiting = countEarlier(place, name) < own.length;
          const [mine, others] = [countEarlier(place, owner), countEarlier(place, name)];
          if (isWaiting) expect(mine).toBeLessThanOrEqual(others + 2);
        }
      }
    }),
  );
});
