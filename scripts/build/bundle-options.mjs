// The inputs of the bundle of the command line, for scripts/build/bundle.mjs, which writes it, and for
// scripts/build/notices.mjs, which lists the packages in it.

import { fileURLToPath } from 'node:url';
import moment from 'moment-timezone';
import { bundledAsc } from './bundle-asc.mjs';
import { splitService } from './split-service.mjs';

/** Packages by another file: the main file of this one requires others by names that a bundler does not see. */
export const alias = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };

const cwd = fileURLToPath(new URL('../..', import.meta.url));

/** Loads the data of time zones, which is half of the code of the checker, when a policy first names one. */
const lazyTimeZones = {
  name: 'lazy-time-zones',
  resolveId: (id) => (id === 'moment-timezone' ? '\0lazy-time-zones' : undefined),
  load: (id) => (id === '\0lazy-time-zones' ? lazyTimeZonesSource : undefined),
};

const lazyTimeZonesSource = `import { createRequire } from 'node:module';
const load = createRequire(import.meta.url);
const tz = () => load('./moment-timezone.cjs').tz;
export default {
  tz: {
    dataVersion: ${JSON.stringify(moment.tz.dataVersion)},
    names: () => tz().names(),
    zone: (name) => tz().zone(name),
  },
};
`;

/** Input options of rolldown. */
export const bundleOptions = {
  cwd,
  // Each worker is next to the file that starts it, as in the sources.
  input: {
    nhipol: 'cli/start.ts',
    'assembler-worker': 'cli/engines/assembler-worker.ts',
    'policy-worker': 'cli/test-run/policy-worker.ts',
  },
  platform: 'node',
  resolve: {
    conditionNames: ['nhipol-source', 'node', 'import'],
    alias,
  },
  plugins: [lazyTimeZones, bundledAsc, splitService],
  // It starts its own script.
  external: ['tinypool'],
  logLevel: 'warn',
};

/** A hook starts for each use of a tool: it is one file, which shares none with the command line. */
export const hookOptions = {
  cwd,
  input: { 'nhipol-hook': 'cli/hook/main.ts' },
  platform: 'node',
  resolve: { conditionNames: ['nhipol-source', 'node', 'import'] },
  logLevel: 'warn',
};

/** The packages that the bundle loads on demand and synchronously, as CommonJS. */
export const requiredOptions = {
  cwd,
  input: { 'moment-timezone': 'moment-timezone' },
  platform: 'node',
  logLevel: 'warn',
};
