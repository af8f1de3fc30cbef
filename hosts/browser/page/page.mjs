// The functions that the program calls in the page.

import { load, loadStreaming } from '@nhipol/runtime';
import { conformance } from './conformance.mjs';
import { measure } from './measure.mjs';
import { decideInWorkers, startWorkers } from './stress.mjs';

const folder = '/conformance/';
const headers = { 'content-type': 'application/wasm' };

/** @type {import('./conformance.mjs').Files} */
const files = {
  text: async (path) => (await fetch(folder + path)).text(),
  load: async (path) => [
    load(new Uint8Array(await (await fetch(folder + path)).arrayBuffer())),
    await loadStreaming(fetch(folder + path)),
  ],
  refuse: ({ module_base64 }) => {
    const bytes = Uint8Array.from(atob(module_base64), (each) => each.charCodeAt(0));
    return [() => load(bytes), () => loadStreaming(new Response(bytes, { headers }))];
  },
};

/** @type {any} */ (globalThis).host = {
  conformance: () => conformance(files),
  measure,
  startWorkers,
  decideInWorkers,
};
