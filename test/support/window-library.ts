// Writes windows and their zones into the memory of the module's library.

import { windowBytes, zoneBytes } from '../../compiler/emit/data/zone-data.ts';
import { lowerWindow } from '../../compiler/lower/windows.ts';
import type { Window } from '../../language/types/time/window.ts';
import type { Library } from './assembly-harness.ts';

/** Returns the address of the window. */
export function putWindow(library: Library, window: Window): number {
  library.begin('');
  const at = library.put(zoneBytes(window.zone)).pointer;
  return library.put(windowBytes(lowerWindow(window), at)).pointer;
}
