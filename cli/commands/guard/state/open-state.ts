// Opens the database of approvals and revocations, and of sessions.

import { lstatSync, type Stats } from 'node:fs';
import type { StateFile, StateFileOptions, Store } from '@nhipol/service';
import { UsageError } from '../../../io/exit-codes.ts';
import { defaultStatePath } from '../../../io/paths/state-path.ts';

export interface StateOptions {
  /** `undefined` for the state of the user. */
  readonly state?: string | undefined;
  /** Whether a state that does not exist is refused. */
  readonly requireState?: boolean;
  /** The decision log, which shows that there was a state. */
  readonly log?: string | undefined;
}

/**
 * Opens a state that several processes share. One that does not exist is not created next to a log with lines: with the
 * folder of the state, the file is removed that knew of it.
 */
export async function openState(
  options: StateOptions,
  warn: (warning: string) => void,
): Promise<Store> {
  const { sqliteStore } = await import('@nhipol/service');
  const { log, state: path = defaultStatePath(process.env) } = options;
  const isGone = ['', '.id', '-wal'].every((suffix) => readSize(`${path}${suffix}`) === undefined);
  if (isGone && log !== undefined && (readSize(log) ?? 0) > 0) {
    throw new UsageError(
      `the state ${path} does not exist, and the log ${log} was written with one: restore it, name it with --state, or move the log to another name to begin without the revocations, approvals and sessions that it had`,
    );
  }
  const file = await openStateFile(options, {}, warn);
  const store = sqliteStore(file);
  const close = () => {
    store.close();
    file.close();
  };
  return { ...store, close };
}

/** Returns the length of a file, or `undefined` if there is none. Throws a `UsageError` if that cannot be known. */
function readSize(path: string): number | undefined {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A folder of its path is a file.
    if (code === 'ENOTDIR') return undefined;
    throw new UsageError(`cannot read ${path}: ${message}`);
  }
  return stats === undefined || stats.isCharacterDevice() || stats.isFIFO()
    ? undefined
    : stats.size;
}

/** Opens a state, and reports that it was created: nobody is revoked in it. */
export async function openStateFile(
  { state, requireState: isRequired = false }: StateOptions,
  options: StateFileOptions,
  warn: (warning: string) => void,
): Promise<StateFile> {
  const { StateFile: Opened } = await import('@nhipol/service');
  const path = state ?? defaultStatePath(process.env);
  let file: StateFile;
  try {
    file = new Opened(path, { ...options, isRequired });
  } catch (error) {
    throw new UsageError(`cannot open the state ${path}: ${(error as Error).message}`);
  }
  if (file.isCreated) warn(`created the state ${path}: nothing is revoked or approved in it`);
  return file;
}
