// Opens sessions in a module without a host, each with one of the workload's requests in turn, and
// evaluates each once. runtime/ABI.md describes the exports.

import { readFileSync } from 'node:fs';

/** @typedef {import('../workloads/workload.mjs').Workload} Workload */
/** @typedef {import('../workloads/workload.mjs').Effect} Effect */

/** The effects by their index in the ABI. @type {readonly Effect[]} */
export const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];

/** The instant at which all sessions open: later than the time in any request. */
export const opened = Date.parse('2027-01-01T00:00:00Z');

/** The maximum number of pages of a memory. */
const mostPages = 65_536;
/** The maximum number of changes that one sweep returns. */
const maxChanges = 1024;

/**
 * @typedef {object} Held
 * @property {any} module Its exports.
 * @property {any} words The numbers that can be set.
 * @property {Uint32Array} handles The handles by session.
 * @property {import('../engines/engine.mjs').SessionMemory} memory
 */

/**
 * @param {Workload} workload
 * @param {import('../engines/engine.mjs').Context} context
 * @param {number} [count] Default: the number of sessions in the case.
 * @param {(text: Uint8Array) => void} [adapt] Changes a request for its session.
 * @returns {Held}
 */
export function openHeldSessions({ texts, case: { n } }, { module: path }, count = n ?? 0, adapt) {
  if (path === undefined) throw new Error('not compiled');
  const compiled = new WebAssembly.Module(readFileSync(path));
  const module = /** @type {any} */ (new WebAssembly.Instance(compiled).exports);
  const readSection = (/** @type {string} */ name) => {
    const [section] = WebAssembly.Module.customSections(compiled, name);
    return JSON.parse(new TextDecoder().decode(section));
  };
  const describedBytes = readSection('nhipol.manifest').sessions.bytes;
  const { words } = readSection('nhipol.encoding');
  const encoder = new TextEncoder();
  const requests = texts.map((text) => encoder.encode(text));
  const before = module.memory.buffer.byteLength;
  module.limit(mostPages);
  const handles = Uint32Array.from({ length: count }, (_, session) => {
    const request = /** @type {Uint8Array} */ (requests[session % requests.length]);
    adapt?.(request);
    return openOne(module, request, encoder.encode(`session-${session}`));
  });
  for (const handle of handles) module.session_effect(handle, opened);
  const sessionBytes = (module.memory.buffer.byteLength - before) / count;
  return { module, words, handles, memory: { sessionBytes, describedBytes } };
}

/** @param {any} module @param {Uint8Array} request @param {Uint8Array} id */
function openOne(module, request, id) {
  const length = write(module, request);
  new Uint8Array(module.memory.buffer).set(id, module.name.value);
  const handle = module.session_open(id.length, length, opened) >>> 0;
  if (handle === 0) throw new Error('not enough memory for the sessions');
  return handle;
}

/** Writes a request where the module reads it. @param {any} module @param {Uint8Array} text */
export function write(module, text) {
  const address = module.request(text.length) >>> 0;
  new Uint8Array(module.memory.buffer, address).set(text);
  return text.length;
}

/**
 * Sweeps repeatedly, and returns all changes.
 *
 * @param {any} module
 * @param {number} now
 * @param {boolean} isAll
 */
export function swept(module, now, isAll) {
  const found = [];
  for (;;) {
    const count = module.session_sweep(now, isAll ? 1 : 0);
    const view = new DataView(module.memory.buffer, module.changes.value);
    for (let at = 0; at < count; at += 1) {
      const [handle, before] = [view.getUint32(at * 8, true), view.getUint8(at * 8 + 4)];
      found.push({ handle, before: effects[before], now: effects[view.getUint8(at * 8 + 5)] });
    }
    if (count < maxChanges) return found;
  }
}

/** Sweeps until no session is due. @param {any} module @param {number} now */
export function sweepAll(module, now) {
  while (module.session_sweep(now, 0) === maxChanges);
}

/**
 * A change that a sweep should have found and did not, or found and should not have.
 *
 * @param {ReturnType<typeof swept>} found
 * @param {Held} held
 * @param {readonly string[]} texts
 * @param {readonly { session: number, before: Effect, now: Effect }[]} expected
 * @returns {import('../checking.mjs').Disagreement | undefined}
 */
export function wrongSweep(found, { handles }, texts, expected) {
  const byHandle = new Map(found.map((change) => [change.handle, change]));
  for (const { session, before, now } of expected) {
    const change = byHandle.get(handles[session] ?? 0);
    if (change?.before === before && change.now === now) continue;
    const actual = change === undefined ? 'no change' : `${change.before} → ${change.now}`;
    const request = texts[session % texts.length] ?? '';
    return { request, index: session, expected: `${before} → ${now}`, found: actual };
  }
  if (found.length === expected.length) return undefined;
  const [count, wanted] = [`${found.length} changes`, `${expected.length} changes`];
  return { request: '', index: 0, expected: wanted, found: count };
}
