// Where the daemon of a policy listens: one socket for each policy of a user, in a folder of that user.

import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Hexadecimal digits of the name: paths of sockets have at most about 100 bytes. */
const nameDigits = 16;

export function defaultSocketPath(
  policy: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const name = createHash('sha256').update(resolve(policy)).digest('hex').slice(0, nameDigits);
  const { XDG_RUNTIME_DIR: runtime = '' } = env;
  const folder =
    runtime === ''
      ? join(tmpdir(), `nhipol-${process.getuid?.() ?? 'user'}`)
      : join(runtime, 'nhipol');
  return join(folder, `${name}.sock`);
}
