// A step of `npm run build`: copies what `tsc -b` wrote for each private part, and for the examples, to `dist/`, which is
// the package `nhipol`. The package does not contain the packages of the parts, so there the names of their exports
// become relative paths.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPackages } from '../read-packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const parts = readPackages(root).filter(({ manifest }) => manifest.private);
const exported = new Map(parts.flatMap(listExports));
for (const folder of [...parts.map((part) => part.folder), 'examples']) {
  if (existsSync(join(root, folder, 'dist'))) gatherPart(folder);
}

/** The exports of a part by name, each with its path in `dist/`. */
function listExports({ folder, manifest }) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => target.default !== undefined)
    .map(([subpath, target]) => [
      join(manifest.name, subpath),
      join(folder, relative('dist', target.default)),
    ]);
}

function gatherPart(folder) {
  const [from, to] = [join(root, folder, 'dist'), join(root, 'dist', folder)];
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.tsbuildinfo') });
  for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' })) {
    const here = join('dist', folder, dirname(name));
    if (/\.(?:js|d\.ts)$/.test(name)) rewriteFile(join(to, name), (text) => nameFiles(text, here));
    if (name.endsWith('.js.map'))
      rewriteFile(join(to, name), (text) =>
        moveSources(text, dirname(join(from, name)), dirname(join(to, name))),
      );
  }

  function nameFiles(text, here) {
    return text.replace(
      /(\bfrom |\bimport\(|\bimport )(['"])(@nhipol\/[\w/-]+)\2/g,
      (whole, before, quote, name) => {
        const path = exported.get(name);
        if (path === undefined) return whole;
        const way = relative(here, join('dist', path));
        return `${before}${quote}${way.startsWith('.') ? way : `./${way}`}${quote}`;
      },
    );
  }
}

/** A source map names its sources from its own folder. */
function moveSources(text, from, to) {
  const map = JSON.parse(text);
  map.sources = map.sources.map((source) => relative(to, resolve(from, source)));
  return JSON.stringify(map);
}

function rewriteFile(path, change) {
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed !== text) writeFileSync(path, changed);
}
