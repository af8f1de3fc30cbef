// Opens the database of approvals and revocations, and of sessions.

import type { StateFile, StateFileOptions, Store } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { defaultStatePath } from '../../io/state-path.ts';

export interface StateOptions {
  /** undefined for that of the user. */
  readonly state?: string | undefined;
  /** Whether a state that does not exist is refused. */
  readonly requireState?: boolean;
}

/** Opens a state that several processes share. */
export async function openState(
  options: StateOptions,
  warn: (warning: string) => void,
): Promise<Store> {
  const { sqliteStore } = await import('@nhipol/service');
  const file = await openStateFile(options, {}, warn);
  const store = sqliteStore(file);
  const close = () => {
    store.close();
    file.close();
  };
  return { ...store, close };
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
