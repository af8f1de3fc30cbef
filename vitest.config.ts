import { defineConfig } from 'vitest/config';

// Tests run on the TypeScript sources: the `source` condition takes @nhipol/runtime without a build.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import'] } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 60_000,
    // Compiling a module in a hook takes long on a loaded machine.
    hookTimeout: 60_000,
    // On two cores it would leave one idle.
    maxWorkers: '100%',
  },
});
