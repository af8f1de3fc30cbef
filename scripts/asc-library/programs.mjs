// The programs that decide which part of AssemblyScript's standard library modules need: the library in assembly/ with
// every export, and the modules of a policy with everything that a module can have, and with rules as rows and trees.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkPolicyFiles } from '../../cli/dist/io/policies/check-policy.js';
import { compile, compileMany } from '../../compiler/dist/public.js';

const root = new URL('../../', import.meta.url);

/** @returns the sources and the options of each program. */
export async function programs() {
  const path = fileURLToPath(new URL('examples/payment-bot/policy.nhipol', root));
  const { policy } = await checkPolicyFiles(path);
  const parts = { sessions: true, possible: true, simd: true };
  const trees = { minMembers: 2, minIndexedRows: 2, maxFamilies: 64, maxUniqueShapes: 0 };
  return [
    readLibrary(),
    await link((assembler) => compileMany([policy], assembler, trees, true)),
    await link((assembler) => compile(policy, assembler, parts)),
  ];
}

function readLibrary() {
  const folder = new URL('assembly/', root);
  const names = readdirSync(folder, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const sources = new Map(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
  const exports = names.map((name) => `export * from './${name.slice(0, -3)}';\n`);
  sources.set('entry.ts', exports.join(''));
  const pages = { initialPages: 24, maximumPages: 24 };
  return { sources, options: { memoryBase: 1 << 20, ...pages, simd: true, text: false } };
}

/** Returns what `compilePolicy` gives to its assembler. */
function link(compilePolicy) {
  return new Promise((resolve, reject) => {
    const assembler = async (sources, options) => {
      resolve({ sources, options });
      return { failure: 'only the sources are needed' };
    };
    compilePolicy(assembler).catch(reject);
  });
}
