// The files of conformance cases in a runtime that reads files: each policy is loaded from bytes, from a compiled module,
// and from a response.

import { load, loadStreaming } from '@nhipol/runtime';
import { conformance } from '../../browser/page/conformance.mjs';

const headers = { 'content-type': 'application/wasm' };

/**
 * Runs all cases, and prints a line of JSON.
 *
 * @param {(path: string) => Promise<Uint8Array<ArrayBuffer>>} read Reads a file of the folder of cases.
 */
export async function runCases(read) {
  const { checks, failures } = await conformance({
    text: async (path) => new TextDecoder().decode(await read(path)),
    load: async (path) => {
      const bytes = await read(path);
      return [
        load(bytes),
        load(new WebAssembly.Module(bytes)),
        await loadStreaming(new Response(bytes, { headers })),
      ];
    },
    refuse: ({ module_base64 }) => {
      const bytes = Uint8Array.from(atob(module_base64), (each) => each.charCodeAt(0));
      return [() => load(bytes), () => loadStreaming(new Response(bytes, { headers }))];
    },
  });
  console.log(JSON.stringify({ checks, failures }));
}
