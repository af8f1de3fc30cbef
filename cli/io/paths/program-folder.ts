// The folder of the programs of nhipol with all packages that they load.

import { sep } from 'node:path';

/** `bin`: the folder of a program. If nhipol is not installed as a package, its packages are elsewhere. */
export function findProgramFolder(bin: string): string {
  const end = bin.lastIndexOf(`${sep}node_modules${sep}`);
  return end < 0 ? bin : bin.slice(0, end + `${sep}node_modules`.length);
}
