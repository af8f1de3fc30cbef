// Checks the types of the sources and tests in a copy of the repository. What did not change since the last check of the
// copy is not checked again.

import { spawnSync } from 'node:child_process';

/** Returns the files with type errors, sorted. */
export function findTypeErrors(root) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      'node_modules/typescript/bin/tsc',
      '-p',
      'test/tsconfig.json',
      '--pretty',
      'false',
      '--incremental',
      '--tsBuildInfoFile',
      'experiment.tsbuildinfo',
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  const files = [...stdout.matchAll(/^(\S+)\(\d+,\d+\): error /gm)].map(([, file]) => file);
  if (status !== 0 && files.length === 0) throw new Error(`tsc failed: ${stdout}`);
  return [...new Set(files)].sort();
}
