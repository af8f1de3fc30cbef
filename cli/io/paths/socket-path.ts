// Where the daemon of a policy listens: one socket for each policy of a user, in a folder of that user, where nobody
// else can be first.

import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { defaultStatePath } from './state-path.ts';

/** Hexadecimal digits of the name: paths of sockets have at most about 100 bytes. */
const nameDigits = 16;

export function defaultSocketPath(
  policy: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const name = createHash('sha256').update(resolve(policy)).digest('hex').slice(0, nameDigits);
  const { XDG_RUNTIME_DIR: runtime = '' } = env;
  const folder =
    runtime === '' ? join(dirname(defaultStatePath(env)), 'run') : join(runtime, 'nhipol');
  return join(folder, `${name}.sock`);
}
