// Finds, installs and describes the toolchains that hosts and packages need.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @typedef {import('./host.mjs').Toolchain} Toolchain */

/** The toolchains of which no program is on the PATH. @param {readonly Toolchain[]} needs */
export function listMissing(needs) {
  return needs.filter(({ command }) => !isOnPath(command));
}

/** @param {string} command */
function isOnPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Describes a missing toolchain in one sentence. @param {string} title @param {Toolchain} toolchain */
export function describeMissing(
  title,
  { command, debian, from = `on Debian: apt-get install ${debian}` },
) {
  return `${title} needs \`${command}\`, which is not installed; ${from}`;
}

/** Installs the Debian packages of missing toolchains; needs root. @param {readonly Toolchain[]} needs */
export function installMissing(needs) {
  const packages = [...new Set(listMissing(needs).flatMap(({ debian }) => debian ?? []))];
  if (packages.length === 0) return;
  console.error(`$ apt-get install ${packages.join(' ')}`);
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
