// An empty project in a temporary folder with the package `@nhipol/runtime` as it is published: packed, then installed.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyRepository } from '../../scripts/packages/working-copy.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Calls `act` with the folder of a project, and deletes it afterwards. @template T @param {(project: string) => Promise<T>} act */
export async function inProject(act) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-edge-'));
  try {
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
    npm(project, 'install', '--no-audit', '--no-fund', packRuntime(folder));
    return await act(project);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the path of the packed package. @param {string} folder */
function packRuntime(folder) {
  const source = join(folder, 'source');
  copyRepository(root, source, ['runtime', 'scripts/build/manifest-for-packing.mjs']);
  cpSync(join(root, 'runtime/dist'), join(source, 'runtime/dist'), { recursive: true });
  const name = npm(join(source, 'runtime'), 'pack', '--pack-destination', folder).trim();
  return join(folder, name);
}

/** @param {string} cwd @param {readonly string[]} words */
function npm(cwd, ...words) {
  return execFileSync('npm', [...words, '--silent'], { cwd, encoding: 'utf8' });
}
