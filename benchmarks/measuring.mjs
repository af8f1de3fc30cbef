// Prepares, checks and times some engines on one workload, in this process.

import { checkEngine } from './checking.mjs';
import { engines } from './engines/index.mjs';
import { time } from './timing.mjs';
import { createWorkload, requestCount } from './workloads/workload.mjs';

/**
 * The task of a process.
 *
 * @typedef {object} Task
 * @property {import('./workloads/workload.mjs').Case} case
 * @property {readonly number[]} engines Indexes in the list of all engines.
 * @property {import('./engines/engine.mjs').Context} context
 * @property {number} rounds
 * @property {number} checkLimit In seconds.
 */

/**
 * @typedef {object} Figure
 * @property {string} engine
 * @property {import('./engines/engine.mjs').Way} way
 * @property {number} [checked] The number of requests.
 * @property {import('../dist/cli/commands/bench/statistics.js').Summary & { rounds: number }} [ns]
 * @property {import('./engines/engine.mjs').SessionMemory} [memory]
 * @property {string} [failed] The reason why there is no `ns`.
 */

/**
 * @typedef {{ figures: Figure[], permitted: number }} Measured
 * @typedef {{ engine: string } & import('./checking.mjs').Disagreement} Disagreed
 */

/** @param {Task} task @returns {Promise<Measured | { disagreement: Disagreed }>} */
export async function measure({ case: one, engines: places, context, rounds, checkLimit }) {
  const workload = createWorkload(one);
  /** @type {Figure[]} */
  const figures = [];
  const runs = [];
  for (const place of places) {
    const engine = /** @type {import('./engines/engine.mjs').Engine} */ (engines[place]);
    const { name, way, isFloor, prepare } = engine;
    /** @type {Figure} */
    const figure = { engine: name, way };
    figures.push(figure);
    try {
      const prepared = await prepare(workload, context);
      if (isFloor) {
        runs.push({ figure, prepared, way, ns: 1 });
        continue;
      }
      const { checked, ns, disagreement } = checkEngine(workload, prepared, checkLimit);
      if (disagreement !== undefined) {
        return { disagreement: { engine: `${name} (${way})`, ...disagreement } };
      }
      figure.checked = checked;
      if (prepared.memory !== undefined) figure.memory = prepared.memory;
      runs.push({ figure, prepared, way, ns });
    } catch (error) {
      figure.failed = error instanceof Error ? error.message : String(error);
    }
  }
  for (const [index, ns] of time(runs, requestCount, rounds).entries()) {
    const run = runs[index];
    if (run !== undefined) run.figure.ns = ns;
  }
  return { figures, permitted: workload.expected.filter((each) => each === 'permit').length };
}
