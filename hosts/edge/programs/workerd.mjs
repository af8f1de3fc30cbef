// Runs all cases in workerd, for one request. workerd does not compile modules at run time, so each is a module of the
// worker, compiled when it starts. Malformed modules that are WebAssembly are as well; the others can only be refused as
// bytes, like all bytes.

import { load } from '@nhipol/runtime';
import { conformance } from '../../browser/page/conformance.mjs';

/** @param {string} path */
async function contents(path) {
  return (await import(path)).default;
}

/** @type {import('../../browser/page/conformance.mjs').Files} */
const files = {
  text: (path) => contents(`./conformance/${path}`),
  load: async (path) => [load(await contents(`./conformance/${path}`))],
  refuse: ({ name, module_base64 }) => {
    const bytes = Uint8Array.from(atob(module_base64), (each) => each.charCodeAt(0));
    const path = `./malformed/${name}.wasm`;
    return [
      () => load(bytes),
      ...(WebAssembly.validate(bytes) ? [async () => load(await contents(path))] : []),
    ];
  },
};

export default {
  fetch: async () => Response.json(await conformance(files)),
};
