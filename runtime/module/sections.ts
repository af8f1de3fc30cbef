// Reads a custom section of a compiled module that contains JSON. The section is untrusted: its size and nesting
// are limited, so that checking it and building on it take bounded time and stack. Returns frozen data, since
// answers share parts of it, or `undefined` if the module has no such section. Throws `LoadError`.

import { freeze } from '../json/freeze.ts';
import { fromUtf8 } from '../json/utf8.ts';
import { LoadError } from './load-error.ts';

/** In bytes. The manifest of ten thousand rules is about 2 MiB. */
const maxSectionBytes = 16 * 1024 * 1024;

/** A nested record takes four levels of the encoding, and a request has at most 16 levels. */
const maxLevels = 128;

/** `what`: the name of the section in messages. */
export function readSection(module: WebAssembly.Module, name: string, what: string): unknown {
  const sections = WebAssembly.Module.customSections(module, name);
  const [section] = sections;
  if (section === undefined) return undefined;
  if (sections.length > 1) {
    throw new LoadError(`the module has ${sections.length} ${what}s, expected one`);
  }
  if (section.byteLength > maxSectionBytes) {
    throw new LoadError(`the module's ${what} is larger than ${maxSectionBytes} bytes`);
  }
  const bytes = new Uint8Array(section);
  if (countLevels(bytes) > maxLevels) {
    throw new LoadError(`the module's ${what} is nested deeper than ${maxLevels} levels`);
  }
  return freeze(parse(bytes, what));
}

/** The nesting depth of brackets outside of strings. At least the depth of the result of `JSON.parse`. */
function countLevels(bytes: Uint8Array): number {
  let [levels, deepest, isString] = [0, 0, false];
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isString) {
      if (byte === backslash) index += 1;
      else if (byte === quote) isString = false;
    } else if (byte === quote) isString = true;
    else if (byte === openBracket || byte === openBrace) {
      levels += 1;
      deepest = Math.max(deepest, levels);
    } else if (byte === closeBracket || byte === closeBrace) levels -= 1;
  }
  return deepest;
}

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

function parse(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw new LoadError(`the module's ${what} is not valid JSON`, { cause });
  }
}
