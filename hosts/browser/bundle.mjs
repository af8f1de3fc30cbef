// The page's scripts, each as one file that a browser loads: what stands in page/, the runtime as it is published, and what does
// the steps of conformance cases.

import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const scripts = ['page', 'worker'];

/** By the paths that a page asks for. @returns {Promise<Readonly<Record<string, string>>>} */
export async function bundleScripts() {
  const texts = await Promise.all(
    scripts.map(async (name) => [`/${name}.js`, await bundlePage(name)]),
  );
  return Object.fromEntries(texts);
}

/** @param {string} name */
async function bundlePage(name) {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(`page/${name}.mjs`, import.meta.url)),
    platform: 'browser',
    onLog: (_, { message }) => {
      throw new Error(`${message}\nRun \`npm run build\` first.`);
    },
  });
  try {
    const { output } = await bundle.generate({ format: 'esm' });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
