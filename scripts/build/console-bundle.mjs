// The bundle of the console, for scripts/build/console.mjs, which writes it, and for scripts/build/notices.mjs, which lists the
// packages in it.

import { fileURLToPath } from 'node:url';

/** Input options of rolldown. */
export const consoleBundle = {
  input: { main: fileURLToPath(new URL('../../web/console/main.tsx', import.meta.url)) },
  platform: 'browser',
  resolve: { conditionNames: ['nhipol-source', 'browser', 'import', 'default'] },
  logLevel: 'warn',
};
