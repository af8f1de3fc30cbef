// Writes a name, such as the id of a session, where the module reads it.

import { maxName } from '../contract/index.ts';
import type { ModuleMemory } from '../module/memory.ts';

export interface NameExports {
  readonly name: WebAssembly.Global;
}

/** Returns the length to pass to the module, which refuses a name that is too long. */
export function nameLength(memory: ModuleMemory, exports: NameExports, name: Uint8Array): number {
  if (name.length <= maxName) memory.write(exports.name.value as number, name);
  return name.length;
}
