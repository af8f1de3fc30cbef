// A version that is held back, in this process: its tables, the files that wait with it, and the copy for the next start.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Activation, serviceItself } from '@nhipol/service';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Keeping } from '../../../cli/commands/serve/versions/keeping.ts';
import { Offers } from '../../../cli/commands/serve/versions/offers.ts';
import { openModuleSource } from '../../../cli/commands/serve/versions/policy-source.ts';
import {
  type FileRole,
  fileRoles,
  type RoleTexts,
  VersionFiles,
} from '../../../cli/commands/serve/versions/version-files.ts';
import { openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const writePolicy = (version: string, condition: string) => `policy acme.held version "${version}"
external table owners: String -> String
subject ai_agent {}
action read {}
resource file {}
for ai_agent { permit reads when ${condition} }
`;
const owned = writePolicy('1.0.0', 'owners[subject.id] is "ops"');
const noFiles: RoleTexts = { facts: [], entities: [], mapping: [], signals: [] };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const createTables = (...owners: readonly string[]) =>
  new Map([['owners', JSON.stringify(Object.fromEntries(owners.map((id) => [id, 'ops'])))]]);

async function openHeld(onForce: () => void) {
  const harness = await openHarness({
    policy: owned,
    point: { tables: createTables('a', 'b', 'c') },
  });
  const { point, post } = harness;
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    await post('/sessions', { id, subject: { type: 'ai_agent', id }, ...read });
  }
  const warnings: string[] = [];
  const warn = (warning: string) => warnings.push(warning);
  const activation = new Activation({ point, holdAbove: 0.26, onWarning: warn, onForce });
  const offers = new Offers({ point, activation, cluster: undefined, pinned: undefined, warn });
  const strict = await compileForGuard(writePolicy('2.0.0', 'subject.id is "nobody"'));
  const decisions = () =>
    Promise.all(
      ['a', 'b', 'c'].map(
        async (id) => (await harness.call('GET', `/sessions/${id}`)).body.decision,
      ),
    );
  return { ...harness, activation, offers, strict, decisions };
}

test('a table that changes alone is used while a version is held back', async () => {
  const { offers, strict, decisions, activation, point, close } = await openHeld(() => {});
  try {
    expect(offers.offer(createTables('a', 'b', 'c'), strict)).toBe('held');
    const before = activation.held?.digest;
    expect(offers.offer(createTables('a', 'c'), undefined)).toBe('used');
    expect(await decisions()).toEqual([true, false, true]);
    expect([point.policy.logged.version, activation.held?.policy.version]).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
    expect(activation.held?.digest).not.toBe(before);
    // A table that is held back itself can be activated with the version, and without it.
    expect(offers.offer(createTables('d', 'e'), undefined)).toBe('held');
    expect(activation.heldTables?.policy.version).toBe('1.0.0');
    expect(await decisions()).toEqual([true, false, true]);
    expect(activation.force(serviceItself, activation.held?.digest ?? '').kind).toBe('activated');
    expect([point.policy.logged.version, point.tables]).toEqual(['2.0.0', createTables('d', 'e')]);
  } finally {
    await close();
  }
});

test('a table that is not valid is refused each time that it is read', async () => {
  const { offers, decisions, close } = await openHeld(() => {});
  try {
    const broken = new Map([['owners', '{']]);
    expect(offers.offer(broken, undefined)).toBe('refused');
    expect(offers.offer(broken, undefined)).toBe('refused');
    expect(await decisions()).toEqual([true, true, true]);
  } finally {
    await close();
  }
});

test('a version that cannot be kept is not activated', async () => {
  const { offers, strict, decisions, activation, close } = await openHeld(() => {
    throw new Error('ENOSPC');
  });
  try {
    expect(offers.offer(createTables('a', 'b', 'c'), strict)).toBe('held');
    const force = () => activation.force(serviceItself, activation.held?.digest ?? '');
    expect(force).toThrow('the policy cannot be kept for the next start: ENOSPC');
    expect([await decisions(), activation.held?.policy.version]).toEqual([
      [true, true, true],
      '2.0.0',
    ]);
  } finally {
    await close();
  }
});

/** An action of an operator of a service that holds versions back. */
const operation = fc.oneof(
  fc.record({
    kind: fc.constant('edit' as const),
    role: fc.constantFrom(...fileRoles),
    texts: fc.array(fc.constantFrom('1', '2', '3'), { maxLength: 2 }),
    isHeld: fc.constantFrom(true, false, undefined),
  }),
  fc.record({ kind: fc.constantFrom('restart' as const, 'activate' as const) }),
);

test('a role waits if and only if a version is held back and its contents are not those in use', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
      let disk = noFiles;
      let isHeld = false;
      /** The contents that the parts of the service use, and those whose credentials they use. */
      let used: Record<string, readonly string[]> = { ...noFiles };
      let credentials = disk.signals;
      let expected = noFiles;
      let files = new VersionFiles(noFiles);
      const take = () => {
        const read = disk;
        const parts = fileRoles.map((role) => ({
          role,
          use: () => {
            used[role] = read[role];
            if (role === 'signals') credentials = read.signals;
          },
          wait: () => {
            if (role === 'signals') credentials = read.signals;
          },
        }));
        files.take(read, parts, isHeld);
      };
      for (const each of operations) {
        if (each.kind === 'edit') {
          disk = { ...disk, [each.role]: each.texts };
          isHeld = each.isHeld ?? isHeld;
          take();
        } else if (each.kind === 'restart') {
          // The names of the files on the command line may be others.
          files = new VersionFiles(isHeld ? files.used : disk);
          used = { ...files.used };
          take();
        } else if (isHeld) {
          expect(files.next).toEqual(disk);
          isHeld = false;
          files.useWaiting();
        }
        if (!isHeld) expected = disk;
        expect(used).toEqual(expected);
        expect(files.used).toEqual(expected);
        expect(credentials).toEqual(disk.signals);
        const differs = (role: FileRole) => `${expected[role]}` !== `${disk[role]}`;
        expect(files.waiting).toEqual(fileRoles.filter(differs));
      }
    }),
  );
});

test('a node of a cluster keeps nothing of a file: the cluster has the policy', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-keeping-'));
  try {
    const path = join(folder, 'p.wasm');
    const module = await compileForGuard(owned);
    writeFileSync(path, module);
    const source = await openModuleSource(path, {
      pollInterval: 1_000,
      state: join(folder, 'none/s.db'),
      hasState: false,
      holdsBack: false,
      warn: () => {},
      console: undefined as never,
    });
    source?.keep({ module, tables: new Map(), files: noFiles });
    expect(readdirSync(folder)).toEqual(['p.wasm']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the version in use is kept with and without versions that are held back, also after a failure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-keeping-'));
  try {
    const path = join(folder, 'p.wasm');
    const module = await compileForGuard(owned);
    writeFileSync(path, module);
    for (const holdsBack of [false, true]) {
      const state = join(folder, `${holdsBack}.db`);
      const source = await openModuleSource(path, {
        pollInterval: 1_000,
        state,
        hasState: true,
        holdsBack,
        warn: () => {},
        console: undefined as never,
      });
      if (source === undefined) throw new Error('no source');
      const warnings: string[] = [];
      const version = { module, tables: new Map(), files: noFiles };
      const keeping = new Keeping(
        source,
        (warning) => warnings.push(warning),
        () => version,
      );
      mkdirSync(`${state}.policy`);
      keeping.keepCurrent();
      expect(warnings.join()).toContain('the policy is not kept for the next start: ');
      rmSync(`${state}.policy`, { recursive: true });
      await expect.poll(() => warnings.at(-1)).toContain('is kept for the next start again');
      expect(readFileSync(`${state}.policy`).includes(Buffer.from(module))).toBe(true);
      keeping.end();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
