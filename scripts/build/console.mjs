// Builds the console, the pages that `nhipol serve` shows at `/ui/`: three files.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { consoleBundle } from './console-bundle.mjs';
import { pageStyles } from './page-styles.mjs';

const folder = fileURLToPath(new URL('../../web/console/', import.meta.url));

/** `out`: the folder that gets the files. @param {string} out */
export async function buildConsole(out) {
  mkdirSync(out, { recursive: true });
  const bundle = await rolldown(consoleBundle);
  await bundle.write({ dir: out, format: 'esm', minify: true, entryFileNames: '[name].js' });
  await bundle.close();
  cpSync(`${folder}index.html`, `${out}/index.html`);
  writeFileSync(`${out}/style.css`, pageStyles(`${folder}styles.css`));
}
