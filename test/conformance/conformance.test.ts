// The conformance cases match the current module and evaluator. `npm run generate:conformance`
// regenerates them.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoadError, load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { generateFiles } from '../support/conformance/generated-files.ts';
import type { Malformed } from '../support/conformance/steps.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const ours = /^(?:cases|endless|modules)$|^(?:index|malformed)\.json$/;

const made = await generateFiles();

if (process.env.NHIPOL_WRITE === 'conformance') {
  for (const name of readdirSync(root).filter((name) => ours.test(name))) {
    rmSync(join(root, name), { recursive: true });
  }
  for (const [path, contents] of made) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
}

test('exactly the generated files exist', () => {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:json|wasm)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  expect(files.sort()).toEqual([...made.keys()].sort());
});

test.each([...made.keys()])('%s is up to date', (path) => {
  const current = readFileSync(join(root, path));
  expect(current.equals(Buffer.from(made.get(path) ?? ''))).toBe(true);
});

test('malformed modules are rejected', () => {
  const modules: readonly Malformed[] = JSON.parse(String(made.get('malformed.json')));
  for (const { name, module_base64 } of modules) {
    expect(() => load(Buffer.from(module_base64, 'base64')), name).toThrow(LoadError);
  }
});
