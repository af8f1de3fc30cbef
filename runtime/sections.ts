// A custom section of a compiled module that holds JSON: frozen data goes out, since answers share parts
// of it; undefined where there is none. Throws `LoadError`.

import { freeze } from './freeze.ts';
import { LoadError } from './load-error.ts';
import { fromUtf8 } from './text.ts';

/** `what`: as messages call it. */
export function readSection(module: WebAssembly.Module, name: string, what: string): unknown {
  const sections = WebAssembly.Module.customSections(module, name);
  const [section] = sections;
  if (section === undefined) return undefined;
  if (sections.length > 1) {
    throw new LoadError(`the module has ${sections.length} ${what}s, and needs one`);
  }
  return freeze(parse(new Uint8Array(section), what));
}

function parse(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw new LoadError(`the module's ${what} is no JSON`, { cause });
  }
}
