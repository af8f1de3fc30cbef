// Windows as the module's library asks them: their bytes, and those of their zone, in its memory.

import { windowBytes, zoneBytes } from '../../compiler/emit/data/zone-data.ts';
import { lowerWindow } from '../../compiler/lower/windows.ts';
import type { Window } from '../../language/types/time/window.ts';
import type { Library } from './assembly-harness.ts';

/** The window's address. */
export function putWindow(library: Library, window: Window): number {
  library.begin('');
  const at = library.put(zoneBytes(window.zone)).pointer;
  return library.put(windowBytes(lowerWindow(window), at)).pointer;
}
