// The last step of `npm run build`: bundles the command line into a few files in `dist/bin/`, because reading one file
// per module takes most of the startup time. Code that a command loads on demand stays in
// separate files. It also builds the console, in `dist/console/`.

import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { countLines } from '../../cli/dist/output/trusted-lines.js';
import { bundleOptions, hookOptions, requiredOptions } from './bundle-options.mjs';
import { buildConsole } from './console.mjs';

const countedLines = JSON.stringify(
  countLines(new URL('../../assurance/proving/', import.meta.url)),
);

/** @param {object} options @param {object} output */
async function write(options, output) {
  const bundle = await rolldown(options);
  await bundle.write({ dir: 'dist/bin', ...output });
  await bundle.close();
}

await write(
  { ...bundleOptions, transform: { define: { countedLines } } },
  { format: 'esm', cleanDir: true },
);
await write(hookOptions, { format: 'esm' });
for (const program of ['nhipol', 'nhipol-hook']) chmodSync(`dist/bin/${program}.js`, 0o755);
await write(requiredOptions, { format: 'cjs', entryFileNames: '[name].cjs' });
writeFileSync('dist/bin/build-digest', digestFolder('dist/bin'));
await buildConsole('dist/console');

/** Identifies this build: see cli/cache/build-digest.ts. */
function digestFolder(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    const digest = createHash('sha256')
      .update(readFileSync(`${folder}/${name}`))
      .digest('hex');
    hash.update(`${name} ${digest}\n`);
  }
  return hash.digest('hex');
}
