// Reads the entities of a service from files.

import type { Inventory } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';

/** Returns `undefined` if there are no files. `texts`: the contents of the files, which may have been other files. */
export async function openInventory(
  paths: readonly string[],
  texts: readonly string[],
): Promise<Inventory | undefined> {
  if (texts.length === 0) return undefined;
  const {
    InventoryError,
    createInventory: inventoryOf,
    readEntities,
  } = await import('@nhipol/service');
  try {
    return inventoryOf(
      texts.flatMap((text, index) => readEntities(paths[index] ?? '--entities', text)),
    );
  } catch (error) {
    if (error instanceof InventoryError) throw new UsageError(error.message);
    throw error;
  }
}
