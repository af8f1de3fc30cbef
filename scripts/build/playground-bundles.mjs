// The bundles of the playground: the page, the worker of the language server and the evaluator, and that of the compiler.

import { fileURLToPath } from 'node:url';
import moment from 'moment-timezone';

const folder = fileURLToPath(new URL('../../web/playground/', import.meta.url));

/** The worker loads the data of time zones when a policy names one. */
const timeZones = {
  alias: { 'moment-timezone': `${folder}worker/time-zones.ts` },
  define: { timeZoneRelease: JSON.stringify(moment.tz.dataVersion) },
};

const bundles = [
  { input: { main: `${folder}main.tsx` } },
  { input: { worker: `${folder}worker/main.ts` }, ...timeZones },
  { input: { compiler: `${folder}compiler/worker.ts` } },
];

/** The options of rolldown for each. */
export const playgroundBundles = bundles.map(({ input, alias = {}, define = {} }) => ({
  input,
  platform: 'browser',
  resolve: { alias, conditionNames: ['nhipol-source', 'browser', 'import', 'default'] },
  transform: { define },
  // asc loads parts of Node if there is one.
  external: [/^node:/, 'fs', 'module', 'path', 'process', 'url', 'crypto'],
  logLevel: 'warn',
}));
