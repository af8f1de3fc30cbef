// Notices that files were changed or replaced.

import { stat } from 'node:fs/promises';

/** A text that differs when one of the files has another identity, time or size, or cannot be read. */
export async function fingerprintFiles(paths: readonly string[]): Promise<string> {
  const versions = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mtimeMs, ctimeMs, ino, size }) => `${mtimeMs} ${ctimeMs} ${ino} ${size}`,
        ({ code }: NodeJS.ErrnoException) => String(code),
      ),
    ),
  );
  return versions.join('\n');
}
