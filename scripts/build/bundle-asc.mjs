// Puts AssemblyScript and Binaryen into the bundle of the command line, as plugins of rolldown. Binaryen's package contains
// its WebAssembly as a string of 13 MB, which takes half a second to parse; here it becomes a file.

import { libraryFiles } from 'assemblyscript/asc';

const file = 'binaryen.wasm';

/** The call that decodes the string: its name, the literal and what follows. */
const decoding = /([\w$]+)\(`(?=\\0asm)/g;

const bundledLibrary = {
  name: 'bundled-asc-library',
  resolveId: (id) => (id === 'assemblyscript/asc' ? '\0asc-library' : undefined),
  load(id) {
    // Only the texts of the standard library are used.
    if (id === '\0asc-library')
      return `export const libraryFiles = ${JSON.stringify(libraryFiles)};`;
    return undefined;
  },
};

const bundledCompiler = {
  name: 'bundled-asc-compiler',
  transform: {
    filter: { id: /\/node_modules\/assemblyscript\/dist\/assemblyscript\.js$/ },
    handler: (code) => ({ code: instantiateBytes(code), map: null }),
  },
};

const bundledBinaryen = {
  name: 'bundled-binaryen',
  transform: {
    filter: { id: /\/node_modules\/binaryen\/index\.js$/ },
    handler(code) {
      const { before, wasm, after } = splitBinaryen(code);
      this.emitFile({ type: 'asset', fileName: file, source: wasm });
      const read = `readBinaryen(new URL('./${file}', import.meta.url))`;
      return {
        code: `import { readFileSync as readBinaryen } from 'node:fs';\n${before}${read}${after}`,
        map: null,
      };
    },
  },
};

export const bundledAsc = [bundledLibrary, bundledCompiler, bundledBinaryen];

/** AssemblyScript gets a module of 400 bytes from a data URL by `fetch`, which makes Node load its HTTP client. */
function instantiateBytes(code) {
  const fetched = /WebAssembly\.instantiateStreaming\(fetch\(([\w$]+)\)\)/g;
  const [call, other] = code.matchAll(fetched);
  if (call === undefined || other !== undefined)
    throw new Error('the WebAssembly of AssemblyScript is not where it was');
  const [expression, url] = call;
  const bytes = `Uint8Array.from(atob(${url}.split(',')[1]), (byte) => byte.charCodeAt(0))`;
  return code.replace(expression, `WebAssembly.instantiate(${bytes})`);
}

/** Splits Binaryen's code into its WebAssembly and the code around the call that decodes it. */
function splitBinaryen(code) {
  const [call, other] = code.matchAll(decoding);
  if (call === undefined || other !== undefined)
    throw new Error('the WebAssembly of Binaryen is not where it was');
  const start = call.index + call[1].length + 1;
  const end = endOfLiteral(code, start);
  if (code[end] !== ')') throw new Error('the WebAssembly of Binaryen is not an only argument');
  // The literal is a constant of a package with a fixed version.
  const text = new Function(`return ${code.slice(start, end)}`)();
  // A zero is written as the character 256.
  const wasm = Uint8Array.from(text, (each) => each.charCodeAt(0) & 0xff);
  if (!WebAssembly.validate(wasm)) throw new Error('the WebAssembly of Binaryen is invalid');
  return { before: code.slice(0, call.index), wasm, after: code.slice(end + 1) };
}

/** Returns the end of a template literal, after its last quote. */
function endOfLiteral(code, start) {
  for (let at = start + 1; at < code.length; at += code[at] === '\\' ? 2 : 1) {
    if (code[at] === '`') return at + 1;
  }
  throw new Error('a string does not end');
}
