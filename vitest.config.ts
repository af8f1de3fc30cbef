// Tests run on the TypeScript sources: the `nhipol-source` condition takes @nhipol/runtime without a build.
//
// Importing the compiler again for each file took a third of the time. So files share one module graph per worker, except
// those that mock or spy, which could affect others. Tests that act in a browser come last, one file at a time: a window is
// slow while other tests take its processors.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';
import { findTestCache } from './test/support/cache/folder.ts';

const all = 'test/**/*.test.ts';
const changesOthers = /\bvi\.(?:mock|doMock|spyOn|stub\w+|useFakeTimers)\(|process\.env\.\w+ = /;
const inBrowser = /support\/pages\/chromium\.ts|\bWorkbench\.start\(/;
const containing = (text: RegExp) =>
  globSync(all).filter((file) => text.test(readFileSync(file, 'utf8')));
const windows = containing(inBrowser);
const isolated = containing(changesOthers).filter((file) => !windows.includes(file));

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const tests = file('test/');

/** What the command line does in threads of its own, with built scripts, tests do in theirs, with the sources. */
const replacements = new Map([
  [file('cli/engines/assembler.ts'), file('test/support/threads/assembler.ts')],
  [file('cli/test-run/policy-threads.ts'), file('test/support/threads/policy-threads.ts')],
]);
const names = /\/(?:assembler|policy-threads)\.ts$/;
const inThisThread = {
  name: 'in-this-thread',
  enforce: 'pre' as const,
  async resolveId(source: string, importer: string | undefined) {
    if (!names.test(source) || importer === undefined || importer.startsWith(tests)) return;
    return replacements.get(fileURLToPath(new URL(source, `file://${importer}`)));
  },
};

const shared = {
  env: { NHIPOL_TEST_CACHE: findTestCache() },
  globalSetup: ['test/support/cache/shrink.ts'],
  setupFiles: ['test/support/seed.ts', 'test/support/processor-time/measure.ts'],
  testTimeout: 60_000,
  // Compiling a module in a hook takes long on a loaded machine.
  hookTimeout: 60_000,
  // So does what a test waits for: a second, the default, is too short for another process.
  expect: { poll: { timeout: 20_000 } },
};

const sources = {
  plugins: [inThisThread],
  resolve: { conditions: ['nhipol-source'] },
  ssr: { resolve: { conditions: ['nhipol-source', 'node', 'import'] } },
};

export default defineConfig({
  ...sources,
  test: {
    // Tests of services and guards wait for other processes for half of their time: two workers for each processor.
    maxWorkers: 2 * availableParallelism(),
    reporters: ['default', './test/support/processor-time/reporter.ts'],
    projects: [
      {
        ...sources,
        test: {
          ...shared,
          name: 'shared',
          include: [all],
          exclude: [...isolated, ...windows],
          isolate: false,
        },
      },
      { ...sources, test: { ...shared, name: 'isolated', include: isolated } },
      {
        ...sources,
        test: {
          ...shared,
          name: 'windows',
          include: windows,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
