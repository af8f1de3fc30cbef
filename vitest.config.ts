// Tests run on the TypeScript sources: the `nhipol-source` condition takes @nhipol/runtime without a build.
//
// Importing the compiler again for each file took a third of the time. So files share one module graph per worker, except
// those that mock or spy, which could affect others. Tests that act in a browser come last, one file at a time: a window is
// slow while other tests take its processors.

import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';

const all = 'test/**/*.test.ts';
const changesOthers = /\bvi\.(?:mock|doMock|spyOn|stub\w+|useFakeTimers)\(|process\.env\.\w+ = /;
const inBrowser = /support\/chromium\.ts|\bWorkbench\.start\(/;
const containing = (text: RegExp) =>
  globSync(all).filter((file) => text.test(readFileSync(file, 'utf8')));
const windows = containing(inBrowser);
const isolated = containing(changesOthers).filter((file) => !windows.includes(file));

const shared = {
  setupFiles: ['test/support/seed.ts'],
  testTimeout: 60_000,
  // Compiling a module in a hook takes long on a loaded machine.
  hookTimeout: 60_000,
  // So does what a test waits for: a second, the default, is too short for another process.
  expect: { poll: { timeout: 20_000 } },
};

const resolve = {
  resolve: { conditions: ['nhipol-source'] },
  ssr: { resolve: { conditions: ['nhipol-source', 'node', 'import'] } },
};

export default defineConfig({
  ...resolve,
  test: {
    // On two cores it would leave one idle.
    maxWorkers: '100%',
    projects: [
      {
        ...resolve,
        test: {
          ...shared,
          name: 'shared',
          include: [all],
          exclude: [...isolated, ...windows],
          isolate: false,
        },
      },
      { ...resolve, test: { ...shared, name: 'isolated', include: isolated } },
      {
        ...resolve,
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
