// Loads the TypeScript sources with the bundler of the tests, for scripts that run parts of them.

import { createViteServer } from 'vitest/node';

/** `ssrLoadModule` loads a module by its path from the root of the repository; the script ends after `close`. */
export function openSources() {
  return createViteServer({
    configFile: 'vitest.config.ts',
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
}
