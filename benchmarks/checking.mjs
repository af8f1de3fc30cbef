// Runs an engine on every request and compares the results with the expected ones, before anything is
// timed.

/**
 * @typedef {object} Checked
 * @property {number} checked The number of requests.
 * @property {number} ns The approximate time of a decision.
 * @property {Disagreement} [disagreement]
 */

/**
 * @typedef {object} Disagreement
 * @property {string} request JSON
 * @property {number} index
 * @property {string} expected
 * @property {string} found
 */

/**
 * Coprime to the number of requests: when the time limit is reached, all sorts of them have been checked.
 */
const stride = 383;

/**
 * Checks an engine, with its own check if it has one.
 *
 * @param {import('./workloads/workload.mjs').Workload} workload
 * @param {import('./engines/engine.mjs').Prepared} prepared
 * @param {number} limit In seconds.
 * @returns {Checked}
 */
export function checkEngine(workload, prepared, limit) {
  if (prepared.check !== undefined) return prepared.check();
  return check(workload, prepared, limit);
}

/**
 * Checks the decisions of an engine; stops at the time limit.
 *
 * @param {import('./workloads/workload.mjs').Workload} workload
 * @param {import('./engines/engine.mjs').Deciding} prepared
 * @param {number} limit In seconds.
 * @returns {Checked}
 */
export function check({ expected, texts }, { decide, hold }, limit) {
  const count = expected.length;
  const started = performance.now();
  let checked = 0;
  for (; checked < count; checked += 1) {
    if (checked > 0 && performance.now() - started > limit * 1000) break;
    const index = (checked * stride) % count;
    hold?.(index);
    const found = decide(index);
    if (found !== expected[index]) {
      const [request = '', wanted = ''] = [texts[index], expected[index]];
      return { checked, ns: 0, disagreement: { request, index, expected: wanted, found } };
    }
  }
  return { checked, ns: ((performance.now() - started) * 1e6) / checked };
}
