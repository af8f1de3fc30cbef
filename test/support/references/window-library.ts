// Writes windows and their zones into the memory of the module's library.

import type { Window } from '@nhipol/language/types';
import { encodeWindow, encodeZone } from '../../../compiler/emit/data/zone-data.ts';
import { lowerWindow } from '../../../compiler/lower/windows.ts';
import type { Library } from '../modules/assembly-harness.ts';

/** Returns the address of the window. */
export function putWindow(library: Library, window: Window): number {
  library.begin('');
  const at = library.put(encodeZone(window.zone)).pointer;
  return library.put(encodeWindow(lowerWindow(window), at)).pointer;
}
