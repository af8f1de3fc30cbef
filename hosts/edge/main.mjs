// The published package `@nhipol/runtime` in Deno, Bun or workerd: installs it into an empty project, runs all conformance
// cases there, and prints one line of JSON. Needs a build, and `npm ci` in this folder.
//
//   main.mjs deno|bun|workerd conformance FOLDER
//
// Exit codes: 0 success, 1 an answer differs or the runtime failed, 2 usage error.

import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { findBinary, runtimes } from './binaries.mjs';
import { bundleProject } from './bundle.mjs';
import { inProject } from './project.mjs';
import { withServer } from './server.mjs';
import { writeWorker } from './workerd-cases.mjs';

/** @typedef {import('./binaries.mjs').Runtime} Runtime */
/** @typedef {{ checks: number, failures: readonly string[] }} Result */

const maxFailures = 20;

process.exitCode = await main(argv.slice(2));

/** @param {readonly string[]} words */
async function main([name, verb, folder]) {
  const runtime = runtimes.find((each) => each === name);
  if (runtime === undefined || verb !== 'conformance' || folder === undefined) {
    console.error(`node hosts/edge/main.mjs ${runtimes.join('|')} conformance FOLDER`);
    return 2;
  }
  const { checks, failures } = await inProject((project) => run(runtime, project, resolve(folder)));
  const passed = checks - failures.length;
  console.log(JSON.stringify({ checks, passed, failures: failures.slice(0, maxFailures) }));
  return failures.length === 0 ? 0 : 1;
}

/** @param {Runtime} runtime @param {string} project @param {string} cases @returns {Promise<Result>} */
async function run(runtime, project, cases) {
  const isWhole = runtime === 'workerd';
  const input = fileURLToPath(new URL(`programs/${runtime}.mjs`, import.meta.url));
  await bundleProject({ input, project, output: 'worker.mjs', isWhole });
  const binary = findBinary(runtime);
  switch (runtime) {
    case 'deno':
      return runBinary(project, binary, 'run', `--allow-read=${cases}`, 'worker.mjs', cases);
    case 'bun':
      return runBinary(project, binary, 'worker.mjs', cases);
    case 'workerd': {
      writeWorker(project, cases);
      const serve = (/** @type {number} */ port) => [
        binary,
        'serve',
        'config.capnp',
        '--socket-addr',
        `http=127.0.0.1:${port}`,
      ];
      return withServer(project, serve, async (url) => (await fetch(url)).json());
    }
  }
}

/** @param {string} cwd @param {string} binary @param {readonly string[]} words @returns {Result} */
function runBinary(cwd, binary, ...words) {
  const stdio = /** @type {const} */ (['ignore', 'pipe', 'inherit']);
  return JSON.parse(execFileSync(binary, words, { cwd, encoding: 'utf8', stdio }));
}
