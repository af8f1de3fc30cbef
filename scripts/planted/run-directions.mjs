// Bundles the directions of the tests of proofs, with a fault planted in one of the sources, and runs them in a process
// of their own: which of them notice it.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { plantBug } from './plant.mjs';

/** The timeout of all directions in milliseconds; a fault that prevents a proof from ending is noticed. */
const timeoutMs = 300_000;

/** Returns for each direction of the fault the first difference, or null. Without `file`, nothing is planted. */
export async function runDirections(root, fault) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-planted-'));
  try {
    const main = join(folder, 'main.ts');
    writeFileSync(main, writeMain(root, fault));
    const bundle = await rolldown({
      input: main,
      platform: 'node',
      cwd: root,
      logLevel: 'silent',
      resolve: { conditionNames: ['nhipol-source', 'node', 'import'] },
      plugins: fault.file === undefined ? [] : [createPlanting(root, fault)],
    });
    const file = join(folder, 'main.mjs');
    await bundle.write({ file, format: 'esm', codeSplitting: false });
    await bundle.close();
    return await run(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function createPlanting(root, fault) {
  const path = join(root, fault.file);
  return { name: 'planted', load: (id) => (id === path ? plantFault(path, fault) : null) };
}

function plantFault(path, fault) {
  return { code: plantBug(readFileSync(path, 'utf8'), fault), moduleType: 'ts' };
}

function writeMain(root, fault) {
  const examples = ['data-agent'];
  const files = {};
  for (const name of readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' }))
    if (/\.(?:nhipol|json|csv)$/.test(name))
      files[`examples/${name}`] = readFileSync(join(root, 'examples', name), 'utf8');
  const sources = examples.map((name) => ({ path: `examples/${name}/policy.nhipol`, files }));
  const samples = { sources, family: fault.family };
  return `import { findDifference } from ${JSON.stringify(join(root, 'test/proving/planted/directions.ts'))};
const samples = ${JSON.stringify(samples)};
for (const each of ${JSON.stringify(fault.directions)})
  process.stdout.write(JSON.stringify([each, findDifference(each, samples) ?? null]) + '\\n');
process.exit(0);
`;
}

function run(file) {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      const found = out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
      if (code !== 0) found.push(['end', 'it did not end']);
      resolve(Object.fromEntries(found));
    });
  });
}
