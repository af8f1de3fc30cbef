// Finds the first failing test of a copy of the repository: runs the test files in a given order, one after the other,
// up to the first failure.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Excluded: tests that compare sources with texts of them, and tests that measure the speed of the machine. */
const excluded = [
  'test/planted-bugs.test.ts',
  'test/docs/contributing/example-patches.test.ts',
  'test/language/**/hostile-*.test.ts',
];
/** The timeout in milliseconds. A bug that prevents tests from ending is an error. */
const timeoutMs = 3_600_000;

const config = 'vitest.planted.config.ts';
const report = 'planted-report.json';

/**
 * Returns the first failing test. `first` are prefixes of paths, in the order to run; `only` restricts the tests; `times`
 * is the factor of the runs of expensive properties.
 */
export async function firstFailure(root, { first, only = [], times }) {
  writeFileSync(join(root, config), writeConfig(first));
  rmSync(join(root, report), { force: true });
  await runTests(root, only, times);
  const { testResults } = JSON.parse(readFileSync(join(root, report), 'utf8'));
  for (const { name, status, assertionResults } of testResults) {
    if (status !== 'failed') continue;
    const failed = assertionResults.find((each) => each.status === 'failed');
    // If no test failed, the file itself could not be loaded.
    return { file: relative(root, name), test: failed?.fullName.trim() ?? '(the file as a whole)' };
  }
  return undefined;
}

function writeConfig(first) {
  return `import { mergeConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import defaults from './vitest.config.ts';

const first: readonly string[] = ${JSON.stringify(first)};
const rank = (file: string) => {
  const at = first.findIndex((start) => file.includes(\`/\${start}\`));
  return at === -1 ? first.length : at;
};

class InOrder extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]) {
    return [...files].sort(
      ({ moduleId: a }, { moduleId: b }) => rank(a) - rank(b) || (a < b ? -1 : 1),
    );
  }
}

export default mergeConfig(defaults, {
  test: {
    bail: 1,
    maxWorkers: 1,
    // A slow machine must not look like a detected bug.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Caches transformed modules for the next bug.
    experimental: { fsModuleCache: true },
    exclude: ${JSON.stringify(['**/node_modules/**', ...excluded])},
    reporters: ['json'],
    outputFile: ${JSON.stringify(report)},
    sequence: { sequencer: InOrder },
  },
});
`;
}

function runTests(root, filters, times) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...filters];
  const env = times === undefined ? process.env : { ...process.env, NHIPOL_TIMES: `${times}` };
  const run = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      run.kill('SIGKILL');
      reject(new Error(`tests in ${root} did not end`));
    }, timeoutMs);
    run.on('error', reject);
    run.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
