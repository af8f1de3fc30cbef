// Installs the packages of a requirements file from PyPI in a virtual environment next to it, by their digests.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `folder`: from the root of the repository, with a slash at the end. */
export function installWheels(folder) {
  const cwd = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  const run = (command, ...args) => execFileSync(command, args, { cwd, stdio: 'inherit' });
  run('python3', '-m', 'venv', '.venv');
  run(
    '.venv/bin/pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '--requirement',
    'requirements.txt',
  );
}
