// An entry point of the service as a bundler delivers it.

import { rolldown } from 'rolldown';
import { toFilePath } from './client-harness.ts';

export interface Bundle {
  readonly code: string;
  /** The modules that are not in the bundle. */
  readonly imports: readonly string[];
  readonly modules: readonly string[];
}

/** `entry`: a path from the root of the repository. */
export async function bundle(entry: string): Promise<Bundle> {
  const build = await rolldown({
    input: toFilePath(entry),
    platform: 'browser',
    resolve: { conditionNames: ['nhipol-source', 'import'] },
    external: /^node:/,
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  const [{ code, imports, dynamicImports, moduleIds }] = output;
  return { code, imports: [...imports, ...dynamicImports], modules: moduleIds };
}
