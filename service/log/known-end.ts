// Up to where a log was written, as the state stores it: a log that was removed or shortened while nothing wrote it is
// noticed when it is opened or verified.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Positions } from '../support/positions.ts';
import type { LogEnd } from './next-line.ts';

/** undefined: the state does not know the log. */
export function knownEnd(positions: Positions, path: string): LogEnd | undefined {
  const stored = positions.position(nameOf(path));
  return stored === undefined ? undefined : JSON.parse(stored);
}

export function storeKnownEnd(positions: Positions, path: string, end: LogEnd): void {
  positions.setPosition(nameOf(path), JSON.stringify(end));
}

/** Without symbolic links, since a folder can be reached in several ways. */
function nameOf(path: string): string {
  const full = resolve(path);
  return `end of log ${join(realpathSync(dirname(full)), basename(full))}`;
}
