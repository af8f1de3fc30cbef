// Opens the database of approvals and revocations.

import type { Store } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { defaultStatePath } from '../../io/state-path.ts';

/** `path`: undefined for that of the user. */
export async function openState(path: string | undefined): Promise<Store> {
  const { sqliteStore } = await import('@nhipol/service');
  const file = path ?? defaultStatePath(process.env);
  try {
    return sqliteStore(file);
  } catch (error) {
    throw new UsageError(`cannot open the state ${file}: ${(error as Error).message}`);
  }
}
