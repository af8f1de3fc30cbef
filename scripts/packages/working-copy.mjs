// Copies the files of a repository that Git has or would add, so that a package is built from what a clone contains and
// not from what was built in the working directory.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {string} root The repository. @param {string} to @param {readonly string[]} [paths] Default: all files. */
export function copyRepository(root, to, paths = ['.']) {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  for (const path of listed.split('\0').filter((each) => each !== '')) {
    // A file that was deleted and is still in the index.
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(root, path), join(to, path));
  }
}
