// Properties of every compiled module: no imports, the manifest in its section and at its pointer, and
// the same bytes for the same source, whatever its path.

import { type CompileOptions, compile } from '@nhipol/compiler';
import { check } from '@nhipol/language';
import { load } from '@nhipol/runtime';
import { abiMajor, abiMinor, manifestSection } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import { assemble } from '../support/modules/assembler.ts';

const words = 'enum Level { LOW < HIGH }';
const policy = `policy p version "1.2.3"
use { Level } from "words.nhipol"
table tiers: String -> Level from "tiers.csv"
context { level?: Level }
for any {
  permit low when context.level is LOW
  deny high when context.level is HIGH because "too high"
}`;

async function compileFolder(
  folder: string,
  { tiers = 'name,tier\na,LOW\n', ...options }: { tiers?: string } & CompileOptions = {},
) {
  const entry = `${folder}policy.nhipol`;
  const sources = new Map([
    [entry, policy],
    [`${folder}words.nhipol`, words],
    [`${folder}tiers.csv`, tiers],
  ]);
  const checked = check(entry, sources).policy ?? expect.fail('it does not check');
  return compile(checked, assemble, { ...options, version: '9.9.9' });
}

const here = await compileFolder('');

test('the same source results in the same bytes, whatever its path', async () => {
  const elsewhere = await compileFolder('/somewhere/else/');
  expect(Buffer.from(elsewhere.wasm).equals(Buffer.from(here.wasm))).toBe(true);
});

test('the hash of the sources covers tables', async () => {
  const other = await compileFolder('', { tiers: 'name,tier\na,HIGH\n' });
  expect(other.manifest.sources).not.toBe(here.manifest.sources);
});

const vector = /\b(?:v128|i8x16|i16x8|i32x4|i64x2|f32x4|f64x2)\b/;

test('a module has vector instructions on request, and reports it', async () => {
  const plain = await compileFolder('', { text: true });
  expect(plain.wat).not.toMatch(vector);
  expect(plain.manifest.simd).toBeUndefined();
  const simd = await compileFolder('', { text: true, simd: true });
  expect(simd.wat).toMatch(vector);
  expect(simd.manifest).toEqual({ ...plain.manifest, simd: true });
});

test('a module imports nothing', () => {
  expect(WebAssembly.Module.imports(new WebAssembly.Module(here.wasm as BufferSource))).toEqual([]);
});

test('the manifest is in its section', () => {
  const module = new WebAssembly.Module(here.wasm as BufferSource);
  const [section] = WebAssembly.Module.customSections(module, manifestSection);
  const bytes = Buffer.from(section ?? expect.fail('no section'));
  const manifest = JSON.parse(bytes.toString());
  expect(manifest).toEqual(here.manifest);
  expect(manifest).toMatchObject({
    abi: { major: abiMajor, minor: abiMinor },
    compiler: '9.9.9',
    policy: { name: 'p', version: '1.2.3' },
  });
  expect(here.description.reasons.map(({ source }) => source)).toEqual([
    [0, 6, 10],
    [0, 7, 8],
  ]);
  expect(here.description.files).toEqual(['policy.nhipol']);
});

test('a policy that uses history holds sessions, even if it reads no member of an event', async () => {
  const counting = `policy p
context { time: Timestamp }
for any {
  permit once_only otherwise
  deny again when count(decided) >= 1
}`;
  const checked = check('policy.nhipol', new Map([['policy.nhipol', counting]])).policy;
  const { wasm } = await compile(checked ?? expect.fail('it does not check'), assemble);
  const sessions = createRegistry(load(wasm));
  sessions.open('s', {
    subject: { type: 'agent', id: 'a' },
    action: { name: 'act' },
    resource: { type: 'thing', id: 't' },
    context: { time: '2026-01-01T00:00:00Z' },
  });
  const reasons = [sessions.decide('s'), sessions.decide('s')].map((answer) => answer.reasons);
  sessions.end();
  expect(reasons).toEqual([['once_only'], ['again']]);
});
