// Asks an engine for every request and compares with what is expected. Nothing is timed before.

/**
 * @typedef {object} Checked
 * @property {number} checked How many requests.
 * @property {number} ns How long a decision took, roughly.
 * @property {Disagreement} [disagreement]
 */

/**
 * @typedef {object} Disagreement
 * @property {string} request JSON
 * @property {number} index
 * @property {string} expected
 * @property {string} found
 */

/** Coprime to the count of requests: wherever time runs out, all sorts of them were asked. */
const stride = 383;

/**
 * By the engine's own check, if it has one.
 *
 * @param {import('./workloads/workload.mjs').Workload} workload
 * @param {import('./engines/engine.mjs').Prepared} prepared
 * @param {number} limit Seconds.
 * @returns {Checked}
 */
export function checkedBy(workload, prepared, limit) {
  if (prepared.check !== undefined) return prepared.check();
  return check(workload, prepared, limit);
}

/**
 * An engine that has not done them all within the limit is checked with as many as it did.
 *
 * @param {import('./workloads/workload.mjs').Workload} workload
 * @param {import('./engines/engine.mjs').Deciding} prepared
 * @param {number} limit Seconds.
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
