// Reads the entities of a service from files.

import type { Inventory } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readText } from '../../io/files.ts';

/** undefined: no file is named. */
export async function openInventory(paths: readonly string[]): Promise<Inventory | undefined> {
  if (paths.length === 0) return undefined;
  const { InventoryError, inventoryOf, readEntities } = await import('@nhipol/service');
  try {
    const texts = await Promise.all(
      paths.map(async (path) => [path, await readText(path)] as const),
    );
    return inventoryOf(texts.flatMap(([path, text]) => readEntities(path, text)));
  } catch (error) {
    if (error instanceof InventoryError) throw new UsageError(error.message);
    throw error;
  }
}
