// Which test of a copy of the repository fails first: test files in an order, one after the other, and no further
// than the first failure.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Not asked: what holds of the sources as they are, with no bug in them, and what measures how fast the machine is. */
const passedOver = ['test/planted-bugs.test.ts', 'test/language/hostile-*.test.ts'];
/** A bug by which a test never ends shows nothing. In milliseconds. */
const longest = 3_600_000;

const config = 'vitest.planted.config.ts';
const report = 'planted-report.json';

/** `first`: beginnings of paths, in the order in which they are asked. `only`: nothing else is asked. */
export async function firstFailure(root, { first, only = [] }) {
  writeFileSync(join(root, config), configOf(first));
  rmSync(join(root, report), { force: true });
  await runTests(root, only);
  const { testResults } = JSON.parse(readFileSync(join(root, report), 'utf8'));
  for (const { name, status, assertionResults } of testResults) {
    if (status !== 'failed') continue;
    const failed = assertionResults.find((each) => each.status === 'failed');
    // Without a test that failed the file itself could not be run.
    return { file: relative(root, name), test: failed?.fullName.trim() ?? '(the file as a whole)' };
  }
  return undefined;
}

function configOf(first) {
  return `import { mergeConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import usual from './vitest.config.ts';

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

export default mergeConfig(usual, {
  test: {
    bail: 1,
    maxWorkers: 1,
    // That a machine is slow shows nothing.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What is loaded for one bug is kept for the next.
    experimental: { fsModuleCache: true },
    exclude: ${JSON.stringify(['**/node_modules/**', ...passedOver])},
    reporters: ['json'],
    outputFile: ${JSON.stringify(report)},
    sequence: { sequencer: InOrder },
  },
});
`;
}

function runTests(root, filters) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...filters];
  const run = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      run.kill('SIGKILL');
      reject(new Error(`tests in ${root} did not end`));
    }, longest);
    run.on('error', reject);
    run.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
