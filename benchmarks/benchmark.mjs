// Runs the cases of a plan in sequence: compiles each, measures it in separate processes, and combines
// the results.

import { listWays } from './engines/engine.mjs';
import { engines } from './engines/index.mjs';
import { compileCase, measureApart } from './processes.mjs';
import { compareFigures } from './results.mjs';
import { formatTitle } from './table.mjs';

/** @typedef {import('./engines/engine.mjs').Engine} Engine */
/** @typedef {import('./workloads/workload.mjs').Case} Case */
/** @typedef {import('./processes.mjs').Compiled} Compiled */

const root = new URL('../', import.meta.url).href;

/**
 * Runs the cases; stops after the first disagreement.
 *
 * @param {import('./arguments.mjs').Plan} plan
 * @param {string} folder The folder of modules.
 * @returns {AsyncGenerator<
 *   | { case: Case, result: import('./results.mjs').Result, disagreement?: undefined }
 *   | { case: Case, result?: undefined, disagreement: import('./measuring.mjs').Disagreed }
 * >}
 */
export async function* benchmark({ cases, rounds, compileLimit, checkLimit, peers }, folder) {
  /**
   * The case that could not be compiled, by kind: larger cases of the kind are skipped.
   * @type {Map<string | null, Case>}
   */
  const tooLarge = new Map();
  for (const one of cases) {
    console.error(`measuring ${formatTitle(one)} …`);
    const compiled = await compileUnlessHopeless(one, tooLarge.get(one.kind), folder, compileLimit);
    if (compiled.module === undefined && one.kind !== null) tooLarge.set(one.kind, one);
    const context = { root, module: compiled.module };
    const figures = new Map();
    let permitted = 0;
    for (const { flags, places } of groups(one, peers)) {
      const task = { case: one, engines: places, context, rounds, checkLimit };
      const outcome = await measureApart(task, flags);
      if ('disagreement' in outcome) {
        yield { case: one, disagreement: outcome.disagreement };
        return;
      }
      if ('ended' in outcome) {
        for (const place of places) figures.set(place, failure(place, outcome.ended));
        continue;
      }
      permitted = outcome.permitted;
      for (const [index, figure] of outcome.figures.entries()) figures.set(places[index], figure);
    }
    const inOrder = [...figures].sort(([a], [b]) => a - b).map(([, figure]) => figure);
    yield { case: one, result: { case: one, permitted, compiled, rows: compareFigures(inOrder) } };
  }
}

/**
 * @param {Case} one
 * @param {Case | undefined} failed A smaller case.
 * @param {string} folder
 * @param {number} limit
 * @returns {Promise<Compiled>}
 */
async function compileUnlessHopeless(one, failed, folder, limit) {
  if (failed === undefined) return compileCase(one, root, folder, limit);
  return { failed: `not tried, since N = ${failed.n} could not be compiled` };
}

/** @param {number} place @param {string} failed @returns {import('./measuring.mjs').Figure} */
function failure(place, failed) {
  const { name, way } = /** @type {Engine} */ (engines[place]);
  return { engine: name, way, failed };
}

/**
 * The engines of a case, grouped by the flags of Node that they need.
 *
 * @param {Case} one
 * @param {boolean} peers
 */
function groups(one, peers) {
  /** @type {Map<string, { flags: readonly string[], places: number[] }>} */
  const groups = new Map();
  const ways = listWays(one);
  for (const [place, { flags = [], isPeer, takes, way }] of engines.entries()) {
    if (!ways.includes(way) || (isPeer && !peers) || takes?.(one) === false) continue;
    const group = groups.get(flags.join(' ')) ?? { flags, places: [] };
    group.places.push(place);
    groups.set(flags.join(' '), group);
  }
  return groups.values();
}
