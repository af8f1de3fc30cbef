// Combines the measurements of one case: each figure with those that it is compared with.

import { fewSessions, handwritten } from './engines/engine.mjs';
import { engines } from './engines/index.mjs';

/** @typedef {import('./measuring.mjs').Figure} Figure */
/** @typedef {import('./workloads/workload.mjs').Case} Case */

/**
 * @typedef {Figure & { toHand?: number, toPeer?: number, toFew?: number }} Row `toPeer`: relative to the fastest peer
 *   in the same way; `toFew`: relative to the same engine with a thousand sessions.
 *
 * @typedef {object} Result
 * @property {Case} case
 * @property {number} permitted
 * @property {import('./processes.mjs').Compiled} compiled
 * @property {readonly Row[]} rows
 */

const peers = new Set(engines.filter(({ isPeer }) => isPeer).map(({ name }) => name));

/** @param {readonly Figure[]} figures @returns {readonly Row[]} */
export function compareFigures(figures) {
  return figures.map((figure) => {
    const beside = figures.filter(({ way, ns }) => way === figure.way && ns !== undefined);
    const hand = beside.find(({ engine }) => engine.endsWith(handwritten))?.ns?.median;
    const fastest = Math.min(
      ...beside.map(({ engine, ns }) => (peers.has(engine) && ns ? ns.median : Infinity)),
    );
    const few = beside.find(({ engine }) => engine === fewSessions)?.ns?.median;
    const median = figure.ns?.median;
    if (median === undefined) return figure;
    return {
      ...figure,
      ...(hand !== undefined && { toHand: median / hand }),
      ...(Number.isFinite(fastest) && { toPeer: median / fastest }),
      ...(few !== undefined && figure.engine !== fewSessions && { toFew: median / few }),
    };
  });
}

/**
 * The results as a flat list, for other programs.
 *
 * @param {readonly Result[]} results
 */
export function asJson(results) {
  return results.flatMap(({ case: { name, kind, n }, compiled, rows }) =>
    rows.map(({ engine, way, ns, memory, ...rest }) => ({
      workload: name,
      kind,
      n,
      engine,
      way,
      ns: ns?.median ?? null,
      min: ns?.min ?? null,
      lower: ns?.lower ?? null,
      upper: ns?.upper ?? null,
      rounds: ns?.rounds ?? 0,
      ...rest,
      ...memory,
      ...(engine === 'nhipol' && {
        compileSeconds: compiled.seconds ?? null,
        moduleBytes: compiled.bytes ?? null,
      }),
    })),
  );
}
