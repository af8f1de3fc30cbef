// The programs of the runtimes, in the packages that npm installed for this platform. The packages `deno`, `bun` and
// `workerd` would link them by install scripts, which are not needed then.

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const places = {
  deno: ['@deno', 'deno'],
  bun: ['@oven', 'bin/bun'],
  workerd: ['@cloudflare', 'bin/workerd'],
};

/** @typedef {keyof typeof places} Runtime */

export const runtimes = /** @type {readonly Runtime[]} */ (Object.keys(places));

/** @param {Runtime} runtime */
export function findBinary(runtime) {
  const [scope, file] = places[runtime];
  const folder = fileURLToPath(new URL(`node_modules/${scope}/`, import.meta.url));
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  const found = packages.map((name) => `${folder}${name}/${file}`).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`${runtime} is not installed: run \`npm ci --prefix hosts/edge\``);
  return found;
}
