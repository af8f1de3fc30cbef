// The database of a state: that it belongs to one service, is never silently read as new, and that no change is
// acknowledged which is not in the file of that name, in spite of any change of its files.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hostClock } from '@nhipol/runtime';
import { StateFile, type Store, sqliteStore } from '@nhipol/service';
import fc from 'fast-check';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openState } from '../../../cli/commands/guard/state/open-state.ts';
import { attack } from '../../attacks/attack.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { bundleForProcess } from '../decisions/service-bundle.ts';
import { openHarness } from '../decisions/service-harness.ts';
import { approvalPolicy, sessionPolicy } from '../decisions/sessions/session-policy.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Harness as Guard, temporaryStore } from '../relay/relay-harness.ts';
import { StoreProcess } from './store-process.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-state-'));
  path = join(folder, 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const createRevocation = (subjectId: string) => ({
  subjectType: 'ai_agent',
  subjectId,
  server: undefined,
  at: 1,
  reasons: ['r'],
  message: undefined,
});
const listRevoked = (store: Store) => store.revocations().map(({ subjectId }) => subjectId);
const openAlone = () => sqliteStore(path, { isExclusive: true });
const toMovedPath = (suffix: string) => `${path}${suffix}.moved`;

/** The changes of another program to a file of the state. */
const changes: Readonly<Record<string, (suffix: string) => void>> = {
  removed: (suffix) => rmSync(`${path}${suffix}`),
  'moved away': (suffix) => renameSync(`${path}${suffix}`, toMovedPath(suffix)),
  'replaced by a copy': (suffix) => {
    renameSync(`${path}${suffix}`, toMovedPath(suffix));
    copyFileSync(toMovedPath(suffix), `${path}${suffix}`);
  },
  'replaced by a symbolic link': (suffix) => {
    renameSync(`${path}${suffix}`, toMovedPath(suffix));
    symlinkSync(toMovedPath(suffix), `${path}${suffix}`);
  },
  truncated: (suffix) => truncateSync(`${path}${suffix}`),
  overwritten: (suffix) => writeFileSync(`${path}${suffix}`, '.'.repeat(200_000)),
};

const agent = { type: 'ai_agent', id: 'a' };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

attack('state-folder-gone', async () => {
  const own = join(folder, 'state');
  const given = { state: join(own, 'guard.db'), log: join(folder, 'guard.jsonl') };
  const warnings: string[] = [];
  const open = async () => (await openState(given, (warning) => warnings.push(warning))).close();
  await open();
  writeFileSync(given.log, '{}\n');
  await open();
  rmSync(own, { recursive: true });
  await expect(open()).rejects.toThrow(
    `the state ${given.state} does not exist, and the log ${given.log} was written with one`,
  );
  expect(readdirSync(folder)).toEqual(['guard.jsonl']);
  renameSync(given.log, `${given.log}.old`);
  await open();
  expect(warnings).toHaveLength(2);
});

attack('state-gone', async () => {
  const module = await compileForGuard(sessionPolicy);
  for (const change of Object.values(changes)) {
    const state = new StateFile(path, { isExclusive: true });
    const harness = await openHarness({ policy: module, wrapStore: () => sqliteStore(state) });
    const { post, call } = harness;
    const risk = { level: 'LOW', observed_at: new Date().toISOString() };
    await post('/sessions', { id: 's', subject: agent, context: { risk }, ...read });
    expect((await call('GET', '/readyz')).status).toBe(200);
    expect((await post('/sessions/s/decide', read)).body.decision).toBe(true);
    change('');
    // Before anything is written.
    expect((await call('GET', '/readyz')).status).toBe(503);
    const { body } = await post('/sessions/s/decide', read);
    expect([body.decision, body.context.reasons]).toEqual([false, ['state_unavailable']]);
    expect((await post('/sessions/s/signals', { signal: 'leaked' })).status).toBe(503);
    expect((await call('GET', '/readyz')).status).toBe(503);
    await harness.close().catch(() => {});
    state.close();
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  }
});

attack('state-slow-clock', async () => {
  const module = await compileForGuard(approvalPolicy);
  const request = {
    subject: agent,
    action: { name: 'pay', properties: { amount: 5 } },
    resource: read.resource,
  };
  const caller = (id: string) => ({ id, tenant: undefined, isOperator: false });
  const start = Date.now();
  let now = start;
  const clock = { ...hostClock, now: () => now };
  const openPoint = () => openHarness({ policy: module, folder, point: { clock } });
  const decideEffect = async ({ point }: Awaited<ReturnType<typeof openHarness>>) =>
    (await point.evaluateShown(request, { caller: caller('a') })).context?.effect;
  const openApproved = async () => {
    const harness = await openPoint();
    const { context } = await harness.point.evaluateShown(request, { caller: caller('a') });
    await harness.point.approveOnce(caller('b'), `${context?.call_digest}`, start + 60_000);
    now = start + 60_000;
    return harness;
  };
  // At the end of the process.
  const ended = await openApproved();
  await ended.close();
  now = start + 1_000;
  const slow = await openPoint();
  expect(await decideEffect(slow)).toBe('challenge');
  await slow.close();
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  // While it runs, as if it were killed then.
  now = start;
  const running = await openApproved();
  await delay(1_500);
  now = start + 1_000;
  const second = await openPoint();
  expect(await decideEffect(second)).toBe('challenge');
  await second.close();
  await running.close();
});

attack('state-wal-gone', async () => {
  for (const change of Object.values(changes)) {
    const store = openAlone();
    store.revoke(createRevocation('a'));
    change('-wal');
    expect(() => store.revoke(createRevocation('b'))).toThrow(`${path}-wal was`);
    store.close();
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
  }
  const opener = { module: await aloneModule(), name: 'openAlone', place: path };
  const killed = await StoreProcess.start(opener);
  await killed.call('revoke', createRevocation('a'));
  await killed.kill();
  renameSync(`${path}-wal`, toMovedPath('-wal'));
  const refused = spawnSync(process.execPath, [
    '--input-type=module',
    '-e',
    `(await import(${JSON.stringify(opener.module)})).openAlone(${JSON.stringify(path)})`,
  ]);
  expect(String(refused.stderr)).toContain(`${path}-wal is missing, which had the latest changes`);
  renameSync(toMovedPath('-wal'), `${path}-wal`);
  const store = openAlone();
  expect(listRevoked(store)).toEqual(['a']);
  store.close();
});

/** The files of the state as a process that is killed now would leave them, at another path. */
function copyFiles(to: string, suffixes: readonly string[]): string {
  for (const suffix of suffixes) copyFileSync(`${path}${suffix}`, `${to}${suffix}`);
  return to;
}

attack(
  'state-wal-gone-guard',
  () => {
    const opened: Store[] = [];
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('open' as const) }),
        fc.record({ kind: fc.constant('close' as const), at: fc.nat(9) }),
        fc.record({ kind: fc.constant('revoke' as const), at: fc.nat(9) }),
        fc.record({ kind: fc.constant('position' as const), at: fc.nat(9) }),
        fc.record({ kind: fc.constant('external' as const) }),
      ),
      { minLength: 2, maxLength: 8 },
    );
    let runs = 0;
    let refused = 0;
    fc.assert(
      fc.property(steps, (taken) => {
        runs += 1;
        path = join(folder, `${runs}.db`);
        opened.push(sqliteStore(path));
        let revoked = 0;
        for (const step of taken) {
          const store = 'at' in step ? opened[step.at % Math.max(opened.length, 1)] : undefined;
          if (step.kind === 'open') {
            opened.push(sqliteStore(path));
          } else if (step.kind === 'external') {
            // Another program, which moves changes to the database.
            const other = new Database(path);
            other.pragma('wal_checkpoint(PASSIVE)');
            other.close();
          } else if (step.kind === 'close' && store !== undefined) {
            store.close();
            opened.splice(opened.indexOf(store), 1);
          } else if (step.kind === 'position') {
            store?.setPosition('log', String(revoked));
          } else if (step.kind === 'revoke' && store !== undefined) {
            revoked += 1;
            store.revoke(createRevocation(String(revoked)));
          }
          const killed = sqliteStore(copyFiles(join(folder, 'killed.db'), ['', '-wal', '.id']));
          expect(listRevoked(killed)).toHaveLength(revoked);
          killed.close();
          const alone = copyFiles(join(folder, 'alone.db'), ['', '.id']);
          try {
            const restarted = sqliteStore(alone);
            expect(listRevoked(restarted)).toHaveLength(revoked);
            restarted.close();
          } catch (error) {
            expect(String(error)).toContain(
              'alone.db-wal is missing, which had the latest changes',
            );
            refused += 1;
          }
          for (const name of readdirSync(folder)) {
            if (/^(killed|alone)/.test(name)) rmSync(join(folder, name));
          }
        }
        for (const store of opened.splice(0)) store.close();
      }),
      { numRuns: 20 },
    );
    expect(refused).toBeGreaterThan(0);
  },
  60_000,
);

test('an older copy of a state that processes share is refused until its mark is removed', () => {
  const store = sqliteStore(path);
  store.revoke(createRevocation('a'));
  store.close();
  copyFiles(join(folder, 'copy'), ['', '-wal']);
  const later = sqliteStore(path);
  later.revoke(createRevocation('b'));
  later.close();
  for (const suffix of ['', '-wal']) renameSync(join(folder, `copy${suffix}`), `${path}${suffix}`);
  rmSync(`${path}-shm`, { force: true });
  expect(() => sqliteStore(path)).toThrow(`${path} is an older copy without the latest changes`);
  rmSync(`${path}.id`);
  const restored = sqliteStore(path);
  expect(listRevoked(restored)).toEqual(['a']);
  restored.close();
});

/** A module with a function that opens a state alone, for another process. */
async function aloneModule(): Promise<string> {
  const file = join(folder, 'alone.mjs');
  await bundleForProcess('service/store/sqlite-store.ts', join(folder, 'sqlite-store.mjs'));
  writeFileSync(
    file,
    `import { sqliteStore } from './sqlite-store.mjs';
export const openAlone = (path) => sqliteStore(path, { isExclusive: true });
`,
  );
  return file;
}

attack(
  'state-second-process',
  async () => {
    const first = await StoreProcess.start({
      module: await aloneModule(),
      name: 'openAlone',
      place: path,
    });
    const used = expect.objectContaining({
      code: 'ELOCKED',
      message: expect.stringMatching(/is used by process \d+ on /),
    });
    const failure = (open: () => unknown) => {
      try {
        return open();
      } catch (error) {
        return error;
      }
    };
    expect(failure(openAlone)).toEqual(used);
    expect(failure(() => sqliteStore(path))).toEqual(used);
    symlinkSync(path, join(folder, 'link.db'));
    expect(() => sqliteStore(join(folder, 'link.db'))).toThrow('is a symbolic link');
    linkSync(path, join(folder, 'hard.db'));
    expect(() => sqliteStore(join(folder, 'hard.db'))).toThrow('has another name');
    rmSync(join(folder, 'hard.db'));
    // The lock is one of the file, and not of a name: without its mark, too.
    rmSync(`${path}.id`);
    expect(failure(openAlone)).toMatchObject({ code: 'ELOCKED' });
    await first.call('revoke', createRevocation('a'));
    await first.kill();
    const next = openAlone();
    expect(listRevoked(next)).toEqual(['a']);
    expect(failure(openAlone)).toEqual(used);
    next.close();
    const after = openAlone();
    after.close();
  },
  30_000,
);

attack('state-read-as-new', () => {
  const store = openAlone();
  store.revoke(createRevocation('a'));
  store.close();
  const copy = join(folder, 'copy');
  const openChanged = (change: () => void) => {
    renameSync(path, copy);
    try {
      change();
      return openAlone();
    } finally {
      rmSync(path, { force: true });
      renameSync(copy, path);
    }
  };
  expect(() => openChanged(() => {})).toThrow(
    /is missing, and was created at .* restore it, or remove/,
  );
  expect(() => openChanged(() => writeFileSync(path, ''))).toThrow('is empty');
  expect(() => openChanged(() => writeFileSync(path, 'x'.repeat(5_000)))).toThrow('is damaged');
  expect(() =>
    openChanged(() => {
      copyFileSync(copy, path);
      truncateSync(path, 8_192);
    }),
  ).toThrow('is damaged');
  expect(() =>
    openChanged(() => {
      const other = new Database(path);
      other.exec('CREATE TABLE notes (a); PRAGMA user_version = 1');
      other.close();
    }),
  ).toThrow('is not a state of nhipol');
  expect(() =>
    openChanged(() => {
      const other = join(folder, 'other.db');
      sqliteStore(other, { isExclusive: true }).close();
      copyFileSync(other, path);
    }),
  ).toThrow('is another state than the one that was created here');
  const again = openAlone();
  expect(listRevoked(again)).toEqual(['a']);
  again.close();
  expect(() => new StateFile(join(folder, 'none.db'), { isRequired: true })).toThrow(
    'does not exist',
  );
});

attack('state-gone-guard', async () => {
  const module = await compileForGuard(`policy p
    subject ai_agent {}
    action "fs:read" { arguments: { path: String } }
    resource mcp_server {}
    context { time: Timestamp }
    for ai_agent { permit reads otherwise }`);
  const { store, path: file } = temporaryStore();
  const guard = new Guard({ module, store });
  const action = { name: 'fs:read', properties: { arguments: { path: '/a' } } };
  const parts = { action, resource: { type: 'mcp_server', id: 'fs' } };
  const session = guard.engine.open({
    id: 't',
    server: 'fs',
    context: {},
    identity: { type: 'ai_agent', id: 'laptop', properties: {} },
  });
  const decide = () => session.decide({ parts, text: JSON.stringify(parts) });
  expect(decide().answer.effect).toBe('permit');
  rmSync(file);
  using cli = new Folder();
  const revoke = ['guard', 'revoke', 'ai_agent:laptop', '--state', file];
  const revoked = await cli.run(revoke);
  expect(revoked).toMatchObject({
    code: 2,
    err: expect.stringContaining('is missing, and was created'),
  });
  await delay(500);
  expect(decide()).toMatchObject({ isPassed: false, answer: { reasons: ['state_unavailable'] } });
  // Without its mark it is another state, in which the next guard finds the revocation.
  rmSync(`${file}.id`);
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  const again = await cli.run(revoke);
  expect(again).toMatchObject({ code: 0, err: expect.stringContaining('created the state') });
  await delay(500);
  expect(decide().isPassed).toBe(false);
  const next = sqliteStore(file);
  expect(listRevoked(next)).toEqual(['laptop']);
  next.close();
  await guard.engine.close().catch(() => {});
});

test('an acknowledged revocation is there, or the state is refused, after any change of its files', () => {
  const operations = ['revoke', 'restart', 'chmod', 'second', 'back', ...Object.keys(changes)];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...operations), { maxLength: 12 }), (steps) => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      const acknowledged: string[] = [];
      let store: Store | undefined = openAlone();
      const tryOpen = () => {
        try {
          return openAlone();
        } catch {
          return undefined;
        }
      };
      const restart = () => {
        store?.close();
        store = tryOpen();
      };
      const step: Readonly<Record<string, () => void>> = {
        revoke: () => {
          const id = `a${acknowledged.length}`;
          store?.revoke(createRevocation(id));
          if (store !== undefined) acknowledged.push(id);
        },
        restart,
        chmod: () => chmodSync(path, 0o644),
        second: () => {
          if (store === undefined) return;
          const second = tryOpen();
          second?.close();
          // It is another file, which is not the one of the first.
          if (second !== undefined) expect(store.revocations).toThrow();
        },
        back: () => renameSync(toMovedPath(''), path),
        ...Object.fromEntries(Object.entries(changes).map(([name, run]) => [name, () => run('')])),
      };
      for (const each of steps) {
        try {
          step[each]?.();
        } catch (error) {
          if (each === 'second') throw error;
        }
        if (store === undefined) continue;
        try {
          expect(listRevoked(store)).toEqual(expect.arrayContaining(acknowledged));
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error;
        }
      }
      restart();
      if (store !== undefined) {
        expect(listRevoked(store)).toEqual(expect.arrayContaining(acknowledged));
        store.close();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('a service copies its own state', () => {
  const state = new StateFile(path, { isExclusive: true });
  const store = sqliteStore(state);
  store.revoke(createRevocation('a'));
  const copy = join(folder, 'state.db.backup');
  state.copyFile(copy);
  state.copyFile(copy);
  state.close();
  const restored = sqliteStore(copy);
  expect(listRevoked(restored)).toEqual(['a']);
  restored.close();
});

test.each([
  ['null', 'no object'],
  ['[]', 'no object'],
  ['{"state":"s"', 'a beginning'],
  ['{"state":1,"createdAt":1,"isOpen":false,"process":1,"host":"h"}', 'an id that is not a string'],
  [
    '{"state":"s","createdAt":"1","isOpen":false,"process":1,"host":"h"}',
    'a time that is not a number',
  ],
  ['{"state":"s","createdAt":1,"isOpen":"no","process":1,"host":"h"}', 'a string for a boolean'],
  ['{"state":"s","createdAt":1,"isOpen":false,"process":1,"host":["h"]}', 'a list for a string'],
  [
    '{"state":"s","createdAt":1,"isOpen":false,"process":1,"host":"h","changes":"0"}',
    'a count as a string',
  ],
  [
    '{"state":"s","createdAt":1,"isOpen":false,"process":1,"host":"h","changes":-1}',
    'a negative count',
  ],
  ['{"state":"s","state":"t","createdAt":1,"isOpen":false,"process":1,"host":"h"}', 'two ids'],
])('a mark with %s is damaged: it has %s', (text) => {
  sqliteStore(path).close();
  writeFileSync(`${path}.id`, text);
  expect(() => sqliteStore(path)).toThrow(`${path}.id is damaged`);
});
