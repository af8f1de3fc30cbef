// The folders that git takes for a repository, or would with more files in them. The settings of a repository name programs
// that git runs, also for `git status`. A repository has a `HEAD`, `objects` and `refs`, or a `HEAD` and a `commondir` that
// names the folder of the others: whichever file is written last completes it, so that a `HEAD` alone counts.

import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file that each repository has. */
export const repositoryFile = 'HEAD';
/** The length of what git reads of it, in bytes. */
const maxHeadLength = 255;
/** The codes of errors for a path that git cannot open either. */
const missingCodes: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

/** Whether a folder above the path is a repository or can become one. `isFolderToo`: or the path itself. */
export function isInRepository(path: string, isFolderToo: boolean): boolean {
  const above = dirname(path);
  if (isFolderToo && hasHead(path)) return true;
  return above !== path && isInRepository(above, true);
}

/** Whether the folder has a `HEAD` that git accepts: a link, `ref:` and a name, or a hash. */
function hasHead(folder: string): boolean {
  const path = join(folder, repositoryFile);
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isSymbolicLink()) return true;
    return status?.isFile() === true && /^(?:ref:|[0-9a-f]{40})/i.test(readStart(path));
  } catch (error) {
    return !missingCodes.includes((error as NodeJS.ErrnoException).code);
  }
}

function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(maxHeadLength);
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
