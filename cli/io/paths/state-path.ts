// Where the guard stores approvals and revocations, for all policies of a user: XDG Base Directory Specification.

import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultStatePath(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: state = '', LOCALAPPDATA: local = '' } = env;
  if (process.platform === 'win32' && local !== '') return join(local, 'nhipol', 'guard.db');
  const folder = state === '' ? join(homedir(), '.local', 'state') : state;
  return join(folder, 'nhipol', 'guard.db');
}
