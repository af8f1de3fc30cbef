// Reads the entities of a service from files.

import type { Inventory } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import type { FileTexts } from './version-files.ts';

/** undefined: no file is named. */
export async function openInventory(
  paths: readonly string[],
  texts: FileTexts,
): Promise<Inventory | undefined> {
  if (paths.length === 0) return undefined;
  const { InventoryError, inventoryOf, readEntities } = await import('@nhipol/service');
  try {
    return inventoryOf(paths.flatMap((path) => readEntities(path, texts.get(path) ?? '')));
  } catch (error) {
    if (error instanceof InventoryError) throw new UsageError(error.message);
    throw error;
  }
}
