// nhipol itself: the compiled policy in the runtime of the measured checkout, and the module without a
// host. Answers are complete except in the way `decision`, where only the effect is read.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { toEffect } from './engine.mjs';

/** @typedef {import('./engine.mjs').Engine} Engine */
/** @typedef {import('./engine.mjs').Context} Context */
/** @typedef {import('./engine.mjs').Workload} Workload */
/** @typedef {import('./engine.mjs').Effect} Effect */

/** Requests contain the time, for all engines alike. */
const byRequest = { clock: 'request' };
/** The same, in the ABI (runtime/ABI.md). */
const [noInstant, requestsOwn] = [Number.NaN, 1];
/** The header of a response alone. */
const header = 0;

/** The effects by their index in the ABI. @type {readonly Effect[]} */
const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];

/** @type {readonly Engine[]} */
export const nhipol = [
  {
    name: 'nhipol',
    way: 'decision',
    prepare: async (workload, context) => {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readModule(context)));
      const module = /** @type {any} */ (exports);
      const bytes = encodeTexts(workload);
      // A module grows for tables and sessions only, and this one has none.
      const memory = new Uint8Array(module.memory.buffer);
      const nows = workload.requests.map((request) => Date.parse(request.context.time));
      return {
        hold: (index) => {
          const each = /** @type {Uint8Array} */ (bytes[index]);
          const address = module.request(each.length) >>> 0;
          new Uint8Array(module.memory.buffer, address).set(each);
          module.decide(each.length, noInstant, requestsOwn, header);
        },
        decide: (index) => {
          const address = module.again(nows[index], header) >>> 0;
          return /** @type {Effect} */ (effects[memory[address] ?? -1]);
        },
      };
    },
  },
  {
    name: 'nhipol',
    way: 'object',
    prepare: async ({ requests }, context) => {
      const policy = await loadPolicy(context);
      return { decide: (index) => policy.decide(requests[index], byRequest).effect };
    },
  },
  {
    name: 'nhipol, bindings',
    way: 'object',
    prepare: async ({ requests }, context) => {
      const policy = await bound(context);
      return { decide: (index) => policy.decide(requests[index], byRequest).effect };
    },
  },
  {
    name: 'nhipol, response',
    way: 'bytes',
    prepare: async (workload, context) => {
      const policy = await loadPolicy(context);
      const bytes = encodeTexts(workload);
      const decision = '{"decision":'.length;
      const isTrue = 't'.charCodeAt(0);
      return {
        decide: (index) =>
          toEffect(policy.decideResponse(bytes[index], byRequest)[decision] === isTrue),
      };
    },
  },
  {
    name: 'nhipol',
    way: 'bytes',
    prepare: async (workload, context) => {
      const policy = await loadPolicy(context);
      const bytes = encodeTexts(workload);
      return { decide: (index) => policy.decideJson(bytes[index], byRequest).effect };
    },
  },
];

/** @param {Workload} workload */
function encodeTexts({ texts }) {
  return texts.map((text) => new TextEncoder().encode(text));
}

/** @param {Context} context */
function readModule({ module }) {
  if (module === undefined) throw new Error('not compiled');
  return readFileSync(module);
}

/** @param {Context} context */
async function loadPolicy(context) {
  const { load } = await import(new URL('runtime/dist/index.js', context.root).href);
  return load(readModule(context));
}

/** Loads the output of `nhipol compile --bindings ts`. @param {Context} context */
async function bound(context) {
  const { generateBindingsModule } = await import(
    new URL('dist/compiler/bindings/bindings.js', context.root).href
  );
  const [{ readManifest }, { readEncoding }] = await Promise.all(
    ['module/manifest', 'direct/encoding'].map(
      (name) => import(new URL(`runtime/dist/${name}.js`, context.root).href),
    ),
  );
  const bytes = readModule(context);
  const module = new WebAssembly.Module(bytes);
  const folder = dirname(context.module ?? '');
  const packages = join(folder, 'node_modules', '@nhipol');
  if (!existsSync(packages)) {
    mkdirSync(packages, { recursive: true });
    symlinkSync(fileURLToPath(new URL('runtime', context.root)), join(packages, 'runtime'));
  }
  const path = join(folder, 'policy.mjs');
  writeFileSync(path, generateBindingsModule(readManifest(module), readEncoding(module)));
  const { load } = await import(pathToFileURL(path).href);
  return load(bytes);
}
