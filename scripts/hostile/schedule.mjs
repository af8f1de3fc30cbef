// Random schedules of calls, cancellations and `ping`s whose ids are used again, through a guard to a real server: counts answers
// that reached a request which is not their own, requests without an answer, and results without an outcome.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { guardCommand, readDecisions, start } from './guard.mjs';
import { createRandom } from './random.mjs';

const ids = 40;
/** How long the last answers may take, in milliseconds. */
const patience = 60_000;

export async function runSchedule(run, { name, command, seed, messages }) {
  const random = createRandom(seed);
  const child = start(guardCommand(run.module, run.folder, name, command));
  child.stdin.on('error', () => {});
  const client = createClient(child);
  await client.connect();
  let sent = 0;
  while (sent < messages) {
    const first = sent + 1;
    const burst = Array.from({ length: 1 + random.below(6) }, (_, n) =>
      client.act(random, first + n),
    );
    sent += burst.length;
    child.stdin.write(
      burst
        .flat()
        .map((each) => `${JSON.stringify(each)}\n`)
        .join(''),
    );
    // Each result decides all calls that run again.
    while (client.open > 30) await delay(1);
    if (random.chance(0.3)) await delay(random.below(4));
  }
  for (let waited = 0; client.open > 0 && waited < patience; waited += 50) await delay(50);
  child.stdin.end();
  await once(child, 'exit');
  const { completed } = readDecisions(run.folder, name);
  const wrong = [...client.wrong];
  if (client.open > 0) wrong.push(`${client.open} requests without an answer`);
  if (client.results > completed)
    wrong.push(`${client.results - completed} results without an outcome`);
  return { sent, seen: client.seen, undecided: wrong, late: completed - client.results };
}

function createClient(child) {
  /** The requests by id that have no answer, in the order of sending. */
  const open = new Map();
  const wrong = [];
  let [seen, results] = [0, 0];
  let signalConnection = () => {};
  const add = (id, request) => {
    open.set(id, [...(open.get(id) ?? []), request]);
    return request.message;
  };
  const take = (message) => {
    seen += 1;
    if (message.id === 'init') return signalConnection();
    const waiting = open.get(message.id) ?? [];
    const refused = message.error?.message?.includes('is in use');
    const text = message.result?.content?.[0]?.text;
    if (text !== undefined && !text.startsWith('not permitted')) results += 1;
    const matchesText = (request) =>
      request.text === undefined
        ? text === undefined
        : text === request.text || text?.startsWith('not permitted');
    const isNext = (request) => matchesText(request) && !request.isCancelled;
    const next = waiting.findIndex(isNext);
    const at = refused ? waiting.length - 1 : next < 0 ? waiting.findIndex(matchesText) : next;
    if (at < 0) wrong.push(`an answer to something else: ${JSON.stringify(message)}`);
    else waiting.splice(at, 1);
  };
  createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) =>
    take(JSON.parse(line)),
  );
  const requests = () => [...open.values()].flat().filter(({ isCancelled }) => !isCancelled);
  return {
    wrong,
    get seen() {
      return seen;
    },
    get results() {
      return results;
    },
    get open() {
      return requests().length;
    },
    connect: async () => {
      const params = {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'hostile', version: '1' },
      };
      const done = new Promise((resolve) => {
        signalConnection = resolve;
      });
      child.stdin.write(
        `${JSON.stringify({ jsonrpc: '2.0', id: 'init', method: 'initialize', params })}\n`,
      );
      await done;
      child.stdin.write(
        `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`,
      );
    },
    /** One message, or several that belong together. */
    act: (random, n) => {
      const action = random.below(5);
      const old = random.below(ids);
      // Otherwise it is unknown which of several requests with an id was refused.
      const isUsable = (open.get(old)?.length ?? 0) <= (action === 4 ? 0 : 1);
      const id = random.chance(0.5) && isUsable ? old : n + ids;
      const call = () => {
        const text = `${random.chance(0.9) ? 'ok' : 'no'} ${n}`;
        const given = { text, ...(random.chance(0.5) ? { delay: random.below(8) } : {}) };
        const params = { name: 'echo', arguments: given, _meta: { progressToken: n } };
        return add(id, { text, message: { jsonrpc: '2.0', id, method: 'tools/call', params } });
      };
      const ping = () => add(id, { message: { jsonrpc: '2.0', id, method: 'ping' } });
      const cancel = (requestId) => {
        for (const request of open.get(requestId) ?? []) request.isCancelled = true;
        return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } };
      };
      return [
        () => [call()],
        () => [call()],
        () => [ping()],
        () => [cancel(random.below(ids))],
        () => [call(), cancel(id), ping()],
      ][action]();
    },
  };
}
