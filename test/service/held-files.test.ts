// A version that is held back, in this process: its tables, the files that wait with it, and the copy for the next start.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Keeping } from '../../cli/commands/serve/keeping.ts';
import { Offers } from '../../cli/commands/serve/offers.ts';
import { openModuleSource } from '../../cli/commands/serve/policy-source.ts';
import { VersionFiles } from '../../cli/commands/serve/version-files.ts';
import { Activation } from '../../service/pdp/activation.ts';
import { serviceItself } from '../../service/pdp/session-caller.ts';
import { compileForGuard } from './guard-policy.ts';
import { openHarness } from './service-harness.ts';

const policyOf = (version: string, condition: string) => `policy acme.held version "${version}"
external table owners: String -> String
subject ai_agent {}
action read {}
resource file {}
for ai_agent { permit reads when ${condition} }
`;
const owned = policyOf('1.0.0', 'owners[subject.id] is "ops"');
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const tablesOf = (...owners: readonly string[]) =>
  new Map([['owners', JSON.stringify(Object.fromEntries(owners.map((id) => [id, 'ops'])))]]);

async function openHeld(onForce: () => void) {
  const harness = await openHarness({
    policy: owned,
    point: { tables: tablesOf('a', 'b', 'c') },
  });
  const { point, post } = harness;
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    await post('/sessions', { id, subject: { type: 'ai_agent', id }, ...read });
  }
  const warnings: string[] = [];
  const warn = (warning: string) => warnings.push(warning);
  const activation = new Activation({ point, holdAbove: 0.26, onWarning: warn, onForce });
  const offers = new Offers({ point, activation, cluster: undefined, pinned: undefined, warn });
  const strict = await compileForGuard(policyOf('2.0.0', 'subject.id is "nobody"'));
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
    expect(offers.offer(tablesOf('a', 'b', 'c'), strict)).toBe('held');
    const before = activation.held?.digest;
    expect(offers.offer(tablesOf('a', 'c'), undefined)).toBe('used');
    expect(await decisions()).toEqual([true, false, true]);
    expect([point.policy.logged.version, activation.held?.policy.version]).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
    expect(activation.held?.digest).not.toBe(before);
    // A table that is held back itself waits with the version.
    expect(offers.offer(tablesOf('d', 'e'), undefined)).toBe('held');
    expect(await decisions()).toEqual([true, false, true]);
    expect(activation.force(serviceItself, activation.held?.digest ?? '').kind).toBe('activated');
    expect([point.policy.logged.version, point.tables]).toEqual(['2.0.0', tablesOf('d', 'e')]);
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
    expect(offers.offer(tablesOf('a', 'b', 'c'), strict)).toBe('held');
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

test('a file waits if and only if it was read last together with a version that is held back', () => {
  const paths = ['facts', 'entities', 'signals'];
  const text = fc.constantFrom('1', '2', '3');
  const step = fc.record({
    texts: fc.tuple(text, text, text),
    offered: fc.constantFrom('held', 'used', 'activated'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const used = new Map(paths.map((path) => [path, '0']));
      const files = new VersionFiles(new Map(used));
      // The rule of docs/serve.md says the same.
      const expected = new Map(used);
      let read = new Map(used);
      let isHeld = false;
      for (const { texts, offered } of steps) {
        const next = new Map(paths.map((path, index) => [path, texts[index] ?? '']));
        const parts = paths.map((path) => ({
          paths: [path],
          use: () => used.set(path, next.get(path) ?? ''),
        }));
        if (offered === 'held') {
          files.wait(next, parts);
          isHeld = true;
        } else if (offered === 'used' && isHeld) {
          files.useChanged(next, parts);
          for (const [path, value] of next) {
            if (read.get(path) !== value) expected.set(path, value);
          }
        } else {
          files.useAll(next, parts);
          for (const [path, value] of next) expected.set(path, value);
          isHeld = false;
        }
        read = next;
        expect(used).toEqual(expected);
        expect(files.used).toEqual(expected);
        expect(files.next).toEqual(isHeld ? read : expected);
      }
      files.useWaiting();
      expect(used).toEqual(isHeld ? read : expected);
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
      ...{ pollInterval: 1_000, state: join(folder, 'none/s.db'), hasState: false },
      ...{ holdsBack: false, warn: () => {}, console: undefined as never },
    });
    source?.keep({ module, tables: new Map(), files: new Map() });
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
        ...{ pollInterval: 1_000, state, hasState: true, holdsBack, warn: () => {} },
        console: undefined as never,
      });
      if (source === undefined) throw new Error('no source');
      const warnings: string[] = [];
      const version = { module, tables: new Map(), files: new Map() };
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
