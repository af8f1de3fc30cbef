// The configuration of tests in a copy with a planted bug: one worker, up to the first failure. Each project gets the
// options itself, as Vitest does not hand those of the root to projects.

import { defineConfig } from 'vitest/config';
import defaults from '../../vitest.config.ts';

/** In milliseconds: a slow machine must not look like a detected bug. */
const timeout = 600_000;

const projects = (defaults.test?.projects ?? []).map((project) => {
  if (typeof project !== 'object' || !('test' in project))
    throw new Error('a project of another form');
  return {
    ...project,
    test: { ...project.test, bail: 1, testTimeout: timeout, hookTimeout: timeout },
  };
});

export default defineConfig({
  ...defaults,
  test: {
    ...defaults.test,
    projects,
    bail: 1,
    maxWorkers: 1,
    // Transformed modules are kept for the next bug.
    experimental: { fsModuleCache: true },
  },
});
