// Sessions that continue after a restart belong to one process at a time, and each process has only its own.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, Guard, type Store, sqliteStore } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noAbilities } from '../../../../service/engine/abilities.ts';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../../guard/guard-policy.ts';
import { StoreProcess } from '../../store/store-process.ts';
import { bundleForProcess } from '../service-bundle.ts';

const built = mkdtempSync(join(tmpdir(), 'nhipol-reserved-'));
const bundle = join(built, 'store.mjs');
let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
  await bundleForProcess('service/store/sqlite-store.ts', bundle);
}, 60_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

let folder: string;
let path: string;
const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-state-'));
  path = join(folder, 'state.db');
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function openStore(): Store {
  const store = sqliteStore(path);
  cleanups.push(() => store.close());
  return store;
}

const facts = { identity: { type: 'ai_agent', id: 'a', properties: {} }, context: {} };

/** A guard with a store of its own, as in a process of its own. */
async function openGuard(session: string): Promise<Guard> {
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store: openStore(),
    log: undefined,
    mode: 'enforce',
    facts,
    server: 'fs',
    session,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
  cleanups.push(() => guard.close());
  return guard;
}

function createEngine(): Engine {
  const engine = new Engine({
    module,
    abilities: noAbilities,
    store: openStore(),
    log: undefined,
    entryPoint: 'hook',
    mode: 'enforce',
    onWarning: () => {},
  });
  cleanups.push(() => engine.close());
  return engine;
}

const used = { code: 'ELOCKED', message: expect.stringContaining(`process ${process.pid} on `) };

attack('guard-two-sessions', async () => {
  const first = await openGuard('work');
  await expect(openGuard('work')).rejects.toMatchObject(used);
  // Another session, and those of a daemon, are others, also if their names look alike.
  for (const session of ['work ', 'work records', '"work"']) await openGuard(session);
  await createEngine().persist('daemon');
  await expect(createEngine().persist('daemon')).rejects.toMatchObject(used);
  await first.close();
  await openGuard('work');
  // A process that is killed releases its sessions at once.
  const killed = await StoreProcess.start({ module: bundle, name: 'sqliteStore', place: path });
  await killed.call('reserveSessions', 'crash');
  const store = openStore();
  expect(() => store.reserveSessions('crash')).toThrow('the sessions are used by process ');
  await killed.kill();
  store.reserveSessions('crash')();
});

attack('guard-renamed-policy', async () => {
  const open = async (source: string, given: string) => {
    module = await compileForGuard(source);
    const engine = createEngine();
    await engine.persist(given);
    return engine;
  };
  const renamed = guardPolicy.replace('policy test.guard', 'policy test.other');
  const before = await open(guardPolicy, 'daemon');
  before.open({ id: 'work', ...facts, server: 'fs' });
  await before.close();
  const after = await open(renamed, 'daemon');
  expect(after.knows('work')).toBe(true);
  const other = await open(guardPolicy, 'other');
  expect(other.knows('work')).toBe(false);
});

test('without the lock in its place, nothing is read or changed', () => {
  const store = openStore();
  const release = store.reserveSessions('s');
  const lock = join(folder, readdirSync(folder).find((name) => name.endsWith('.lock')) ?? '');
  renameSync(lock, `${lock}.moved`);
  expect(() => store.version()).toThrow(`${lock} was removed`);
  renameSync(`${lock}.moved`, lock);
  store.version();
  release();
  rmSync(lock);
  store.version();
  symlinkSync(path, lock);
  expect(() => store.reserveSessions('s')).toThrow('is not a file of its own');
  expect(existsSync(path)).toBe(true);
});
