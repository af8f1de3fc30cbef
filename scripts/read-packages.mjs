// The packages of the repository: for each workspace, its folder and its package.json.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private] Not published.
 * @property {Readonly<Record<string, Readonly<Record<string, string>>>>} exports
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [devDependencies]
 * @property {readonly string[]} [workspaces]
 */

/** @param {string} root @returns {readonly { folder: string, manifest: Manifest }[]} */
export function readPackages(root) {
  const { workspaces = [] } = readManifest(root, '.');
  return workspaces.map((folder) => ({ folder, manifest: readManifest(root, folder) }));
}

/** @param {string} root @param {string} folder @returns {Manifest} */
export function readManifest(root, folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
