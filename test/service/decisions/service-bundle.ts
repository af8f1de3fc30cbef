// A module of the service for another process, made of the sources: it needs no build, and is what the test itself runs.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const { resolve } = createRequire(import.meta.url);

/** `from`: a path from the root of the repository; `to`: the ES module that is written. */
export async function bundleForProcess(from: string, to: string): Promise<void> {
  const build = await rolldown({
    input: fileURLToPath(new URL(`../../../${from}`, import.meta.url)),
    platform: 'node',
    resolve: { conditionNames: ['nhipol-source', 'node', 'import'] },
    // It loads a native library from its folder.
    external: 'libsql',
    logLevel: 'silent',
  });
  await build.write({ file: to, format: 'esm', paths: { libsql: resolve('libsql') } });
  await build.close();
}
