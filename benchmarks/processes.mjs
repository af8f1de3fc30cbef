// Starts separate processes: to compile a policy, and to measure.

import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { caseName, createWorkload } from './workloads/workload.mjs';

/** @typedef {import('./workloads/workload.mjs').Case} Case */

/**
 * @typedef {object} Compiled
 * @property {number} [seconds] The time of a whole process, from its start to the module on the disk.
 * @property {number} [bytes]
 * @property {string} [module] Its path.
 * @property {string} [failed] The reason why there is none.
 */

const sessionCompiler = fileURLToPath(new URL('./sessions/compile.mjs', import.meta.url));

/**
 * @param {Case} one
 * @param {string} root The URL of a built checkout.
 * @param {string} folder The folder of the output.
 * @param {number} limit In seconds.
 * @returns {Promise<Compiled>}
 */
export async function compileCase(one, root, folder, limit) {
  const own = mkdtempSync(join(folder, `${caseName(one)}-`));
  const module = join(own, 'policy.wasm');
  const files = createWorkload(one).policy;
  for (const [name, text] of files) writeFileSync(join(own, name), text);
  const [entry = ''] = files.keys();
  const words =
    one.name === 'p4'
      ? [sessionCompiler, root, join(own, entry), module]
      : [findCommand(root), 'compile', join(own, entry), '-o', module, '--no-validate'];
  const started = performance.now();
  const ended = await run(process.execPath, words, { timeout: limit * 1000 });
  const seconds = (performance.now() - started) / 1000;
  if (ended.signal !== null) return { failed: `compiling took more than ${limit} s` };
  if (ended.code !== 0) return { failed: `compiling failed: ${ended.complaint}` };
  return { seconds, bytes: statSync(module).size, module };
}

/** @param {string} root */
function findCommand(root) {
  const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return fileURLToPath(new URL(bin.nhipol, root));
}

/**
 * Measures in a separate process. If the process ends without an outcome, which engines in other languages
 * can cause, all engines of the task have failed.
 *
 * @param {import('./measuring.mjs').Task} task
 * @param {readonly string[]} flags Flags of Node.
 * @returns {Promise<Awaited<ReturnType<typeof import('./measuring.mjs').measure>> | { ended: string }>}
 */
export function measureApart(task, flags) {
  const script = fileURLToPath(new URL('./measuring-process.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = fork(script, { execArgv: [...flags] });
    child.once('message', (outcome) => resolve(/** @type {any} */ (outcome)));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve({ ended: `its process exited with ${signal ?? `code ${code}`}` }),
    );
    child.send(task);
  });
}

/**
 * @param {string} command
 * @param {readonly string[]} words
 * @param {{ cwd?: string, timeout?: number }} [options] `timeout` in ms.
 * @returns {Promise<{ code: number | null, signal: string | null, complaint: string }>} `complaint`: the
 *   first line of its output.
 */
export function run(command, words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      ...options,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, complaint: said.trim().split('\n')[0] ?? '' }),
    );
  });
}
