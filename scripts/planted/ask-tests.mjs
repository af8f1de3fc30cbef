// Runs test files in a copy of the repository, one after the other, and returns the first test that fails.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The time in milliseconds after which the tests are ended. A bug that prevents tests from ending is an error. */
const limit = 3_600_000;

const report = 'planted-report.json';

/**
 * Returns the file and the name of the first failing test in the files `paths`, or `undefined` if all pass. `times` is the
 * factor of the runs of expensive properties. Throws if the tests do not end, or a test exceeds its time: a slow machine
 * would otherwise look like a detected bug.
 */
export async function findFailure(root, paths, { times } = {}) {
  for (const path of paths) {
    const failure = await findFailureIn(root, path, times);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function findFailureIn(root, path, times) {
  rmSync(join(root, report), { force: true });
  await runTests(root, path, times);
  const { testResults } = JSON.parse(readFileSync(join(root, report), 'utf8'));
  if (testResults.length === 0) throw new Error(`${path}: no such test file`);
  const failed = testResults.find(({ status }) => status === 'failed');
  if (failed === undefined) return undefined;
  const file = relative(root, failed.name);
  const test = failed.assertionResults.find(({ status }) => status === 'failed');
  // If no test failed, the file itself could not be loaded.
  if (test === undefined) return { file, test: '(the file as a whole)' };
  if (test.failureMessages.some((message) => /\b(?:Test|Hook) timed out in \d/.test(message)))
    throw new Error(`${file}: ${test.fullName.trim()}: exceeded its time`);
  return { file, test: test.fullName.trim() };
}

function runTests(root, path, times) {
  const options = ['--reporter=json', `--outputFile=${report}`];
  const args = ['run', '--config', 'scripts/planted/vitest.config.ts', ...options, path];
  const env = times === undefined ? process.env : { ...process.env, NHIPOL_TIMES: `${times}` };
  const run = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
    cwd: root,
    env,
    stdio: 'ignore',
  });
  const end = () => run.kill('SIGKILL');
  process.once('exit', end);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end();
      reject(new Error(`tests in ${root} did not end`));
    }, limit);
    run.on('error', reject);
    run.on('exit', () => {
      process.off('exit', end);
      clearTimeout(timer);
      resolve();
    });
  });
}
