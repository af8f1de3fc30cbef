// Bundles a program that uses `@nhipol/runtime` for a project in which the package is installed. Imports of the sources of
// the runtime, which the performer of conformance cases contains, become imports of the same file in the package.

import { dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './project.mjs';

const packaged = 'node_modules/@nhipol/runtime/dist';

/**
 * Writes the bundle into the project.
 *
 * @param {object} given
 * @param {string} given.input The path of the program.
 * @param {string} given.project
 * @param {string} given.output A file name.
 * @param {boolean} given.isWhole Whether the bundle contains the package, or imports it.
 */
export async function bundleProject({ input, project, output, isWhole }) {
  const resolveFile = (/** @type {string} */ path) =>
    isWhole ? join(project, packaged, path) : { id: `./${packaged}/${path}`, external: true };
  const bundle = await rolldown({
    input,
    platform: 'neutral',
    external: [/^\.\/policy\.wasm$/, /^\.\/conformance\//, /^\.\/malformed\//],
    plugins: [
      {
        name: 'packaged-runtime',
        resolveId(specifier, importer = '') {
          if (specifier === '@nhipol/runtime') {
            return isWhole ? resolveFile('index.js') : { id: specifier, external: true };
          }
          const path = relative(join(root, 'runtime'), resolve(dirname(importer), specifier));
          const isSource = path.endsWith('.ts') && !path.startsWith('..');
          return isSource ? resolveFile(path.replace(/\.ts$/, '.js')) : undefined;
        },
      },
    ],
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  try {
    await bundle.write({ file: join(project, output), format: 'esm' });
  } finally {
    await bundle.close();
  }
}
