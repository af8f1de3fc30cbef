// Modules with proofs: they decide as modules without, and `nhipol certify` refuses each change of one.

import { certify, readSections } from '@nhipol/proving';
import { load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { findModuleDifference, readProvenModule } from '../../../cli/engines/proven-module.ts';
import {
  parseSections,
  replaceSection,
  sectionText,
} from '../../support/modules/module-sections.ts';
import { Folder } from '../../support/system/run-cli.ts';

const vocabulary = `enum Level { LOW < HIGH }
`;

const policy = `policy acme.keys version "2"
use { Level } from "../shared/words.nhipol"
subject agent { credential: { exposed: Bool = false } }
context { time: Timestamp, level?: Level, spent?: Int, limit?: Int }
for agent {
  permit ok when context.spent <= context.limit
  deny leaked when subject.credential.exposed // allow fails-open: no report, no leak
  deny high when context.level is HIGH
}
invariant "nothing beyond the limit" for agent
  context.spent > context.limit implies effect >= deny
`;

const weaker = policy.replace(/ {2}deny leaked.*\n/, '');

const folder = new Folder({
  'nhipol.toml': '',
  'shared/words.nhipol': vocabulary,
  'keys/policy.nhipol': policy,
  'keys/weaker.nhipol': weaker,
});

async function compileModule(name: string, ...options: readonly string[]): Promise<Uint8Array> {
  const path = `keys/${name}.nhipol`;
  const args = [
    'compile',
    path,
    '-o',
    'out.wasm',
    '--no-validate',
    '--allow-read',
    '.',
    ...options,
  ];
  const { code, err } = await folder.run(args, { inside: true });
  if (code !== 0) throw new Error(err);
  return new Uint8Array(folder.read('out.wasm'));
}

const proven = await compileModule('policy', '--prove');

/** The exit code and the output of `certify`. */
async function certifyModule(
  module: Uint8Array,
): Promise<{ code: number; out: string; err: string }> {
  folder.write('given.wasm', module);
  return folder.run(['certify', 'given.wasm'], { inside: true });
}

test('is accepted with all its proofs', async () => {
  expect(await certifyModule(proven)).toEqual({
    code: 0,
    err: '',
    out: `acme.keys 2
  ✓ the module is what its sources compile to
  ✓ invariant nothing beyond the limit: proved
  ✓ an exposed credential never acts (built in): proved
  ✓ missing data restricts (built in): proved
3 of 3 claims proved, 0 refused
`,
  });
});

test('has the same bytes wherever it is compiled, and those of a module without proofs before them', async () => {
  const { code } = await folder.run(
    ['compile', '@keys/policy.nhipol', '-o', '@other.wasm', '--no-validate', '--prove'],
    {},
  );
  expect(code).toBe(0);
  expect(new Uint8Array(folder.read('other.wasm'))).toEqual(proven);
  const plain = await compileModule('policy');
  expect(proven.subarray(0, plain.length)).toEqual(plain);
  const added = parseSections(proven).filter(({ start }) => start >= plain.length);
  expect(added.map(({ name }) => name)).toEqual(['nhipol.sources', 'nhipol.proofs']);
});

test('decides as a module without proofs', async () => {
  const request = {
    subject: { type: 'agent', id: 'a', properties: { credential: {} } },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
    context: { time: '2026-03-02T00:00:00Z', level: 'LOW', spent: 1, limit: 2 },
  };
  const answers = [proven, await compileModule('policy')].map((wasm) => load(wasm).decide(request));
  expect(answers[0]?.effect).toBe('permit');
  expect(answers[0]).toEqual(answers[1]);
});

test('is refused if a byte of a section changes', { timeout: 120_000 }, async () => {
  const sections = parseSections(proven).filter(({ name }) => name !== 'nhipol.proofs');
  expect(sections.length).toBeGreaterThan(8);
  for (const { start, end, id, name } of sections) {
    const places = [start, start + 1, Math.floor((start + end) / 2), end - 1];
    for (const at of new Set(places)) {
      const changed = proven.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const module = readProvenModule(changed);
      if (typeof module === 'string') continue;
      const found = certify(module.proof);
      const why =
        found.kind === 'checked' ? await findModuleDifference(module, found.policy) : 'errors';
      expect(why, `byte ${at} of section ${id} ${name}`).toBeDefined();
    }
  }
});

test('is refused without the proof of a claim that its sources make', async () => {
  const proofs = JSON.parse(sectionText(proven, 'nhipol.proofs') ?? '');
  const without = (isRemoved: (name: string) => boolean) => {
    const claims = proofs.claims.filter(({ name }: { name: string }) => !isRemoved(name));
    const text = JSON.stringify({ ...proofs, claims });
    return replaceSection(proven, 'nhipol.proofs', text);
  };
  const none = await certifyModule(without(() => true));
  expect(none.code).toBe(1);
  expect(none.out).toContain('0 of 3 claims proved, 0 refused, 3 required and not proved');
  folder.write(
    'given.wasm',
    without((name) => name === 'missing data restricts'),
  );
  const run = (...args: readonly string[]) =>
    folder.run(['certify', 'given.wasm', ...args], { inside: true });
  expect((await run()).out).toContain(
    '✗ missing data restricts (built in): not proved: the file has no proof of it',
  );
  const changed = '✗ the module is not what its sources compile to';
  for (const [code, ...names] of [
    [1, 'all'],
    [1, 'missing data restricts'],
    [1, 'nothing beyond the limit', 'missing data restricts'],
    [2, 'another claim'],
  ] as const) {
    const found = await run('--require', ...names);
    expect([found.code, ...names]).toEqual([code, ...names]);
  }
  const one = await run('--require', 'nothing beyond the limit');
  expect(one.out).toContain('? missing data restricts (built in): not proved');
  expect(one.code).toBe(one.out.includes(changed) ? 1 : 0);
});

test('accepts no other claim if a byte of the proofs changes', { timeout: 120_000 }, () => {
  const [sources, proofs] = ['nhipol.sources', 'nhipol.proofs'].map((name) =>
    sectionText(proven, name),
  );
  if (sources === undefined || proofs === undefined) throw new Error('no sections');
  const listAcceptedClaims = (text: string): readonly string[] => {
    const proof = readSections(sources, text);
    const found = typeof proof === 'string' ? undefined : certify(proof);
    if (found?.kind !== 'checked') return [];
    return found.claims.flatMap(({ name, result, isBuiltIn, inSessions }) =>
      result === 'accepted' ? [`${name} ${isBuiltIn} ${inSessions}`] : [],
    );
  };
  const all = listAcceptedClaims(proofs);
  expect(all).toHaveLength(3);
  let refused = 0;
  for (let at = 0; at < proofs.length; at += 1) {
    const code = proofs.charCodeAt(at) ^ 1;
    const accepted = listAcceptedClaims(
      proofs.slice(0, at) + String.fromCharCode(code) + proofs.slice(at + 1),
    );
    // A proof for all requests is also one for those outside of sessions.
    for (const claim of accepted)
      expect([...all, ...all.map((each) => each.replace(/true$/, 'false'))]).toContain(claim);
    if (accepted.length < all.length) refused += 1;
  }
  expect(refused).toBeGreaterThan(proofs.length / 2);
});

test('is refused with the code of another policy', async () => {
  const other = await compileModule('weaker');
  const forged = ['nhipol.sources', 'nhipol.proofs'].reduce(
    (module, name) => replaceSection(module, name, sectionText(proven, name) ?? ''),
    other,
  );
  const { code, out } = await certifyModule(forged);
  expect(code).toBe(1);
  expect(out).toMatch(/✗ the module is not what its sources compile to: byte \d+ of \d+ differs/);
});

test('is refused with the proofs of another policy', async () => {
  const other = await compileModule('weaker', '--prove');
  expect((await certifyModule(other)).out).toContain(
    '✗ an exposed credential never acts (built in): not proved',
  );
  const proofs = sectionText(proven, 'nhipol.proofs') ?? '';
  const { code, out } = await certifyModule(replaceSection(other, 'nhipol.proofs', proofs));
  expect(code).toBe(1);
  expect(out).toContain('✓ the module is what its sources compile to');
  expect(out).toMatch(/✗ an exposed credential never acts \(built in\): refused/);
});

test('is not read if sections are missing or repeated', async () => {
  const plain = await certifyModule(await compileModule('policy'));
  expect(plain.code).toBe(2);
  expect(plain.err).toContain('it has no section nhipol.sources');
  const last = parseSections(proven).at(-1);
  const twice = await certifyModule(Buffer.concat([proven, proven.subarray(last?.start)]));
  expect(twice.code).toBe(2);
  expect(twice.err).toContain('it has more than one section nhipol.proofs');
  const longer = await certifyModule(replaceSection(proven, 'other', ''));
  expect(longer.code).toBe(1);
});

test('is not written if a proof refutes an invariant', async () => {
  folder.write(
    'keys/wrong.nhipol',
    policy.replace('spent > context.limit implies', 'spent > 5 implies'),
  );
  folder.remove('out.wasm');
  const args = ['compile', 'keys/wrong.nhipol', '-o', 'out.wasm', '--prove', '--allow-read', '.'];
  const { code, err } = await folder.run(args, { inside: true });
  expect(code).toBe(1);
  expect(err).toContain('✗ invariant nothing beyond the limit: refuted');
  expect(err).toContain('out.wasm was not written');
  expect(folder.names).not.toContain('out.wasm');
});
