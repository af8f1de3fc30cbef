// A server over HTTP may be silent for longer than `fetch` waits by default: before its answer, and within a stream.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { WorkGuard, workPolicy } from './work-guard.ts';

interface Dispatcher {
  readonly constructor: new (limits: object) => Dispatcher;
  readonly close: () => Promise<void>;
}

/** Where versions of `fetch` store the dispatcher that they use by default. */
const places = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
/** The limit of silence in this test: five minutes by default, in milliseconds. */
const limit = 300;
/** Limits are checked once in a second. */
const silence = 2_500;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(workPolicy);
});
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Gives all requests of `fetch` another limit of silence by default. */
function limitSilence(): void {
  const read = (place: symbol) => Reflect.get(globalThis, place) as Dispatcher | undefined;
  // A later version adapts its dispatcher for earlier ones.
  const before = places.map(read).findLast((dispatcher) => dispatcher !== undefined);
  if (before === undefined) throw new Error('`fetch` stores no dispatcher');
  const own = places.filter((place) => read(place) === before);
  const limited = new before.constructor({ headersTimeout: limit, bodyTimeout: limit });
  for (const place of own) Reflect.set(globalThis, place, limited);
  cleanups.push(async () => {
    for (const place of own) Reflect.set(globalThis, place, before);
    await limited.close();
  });
}

test('a server may be silent for longer than `fetch` waits by default', async () => {
  const guard = new WorkGuard();
  cleanups.push(() => guard.close());
  await guard.open(module);
  const { server } = guard;
  limitSilence();
  const message = { id: 1, method: 'tools/call', params: { arguments: { path: 'silent' } } };
  const limited = fetch(server.url, { method: 'POST', body: JSON.stringify(message) });
  const cause = expect.objectContaining({ code: 'UND_ERR_HEADERS_TIMEOUT' });
  const rejected = expect(limited).rejects.toMatchObject({ cause });
  const silent = guard.beginCall(2, 'silent')();
  await expect.poll(() => server.begun).toContain(2);
  const stream = guard.beginCall(3, 'stream')();
  await expect.poll(() => server.begun).toContain(3);
  await delay(silence);
  await rejected;
  for (const id of [2, 3]) {
    const index = server.begun.indexOf(id);
    expect([id, server.isOpen(index), server.listReasons(id)]).toEqual([id, true, []]);
    server.answer(index);
  }
  expect(await silent).toContain('"content":[]');
  expect(await stream).toContain('"content":[]');
});
