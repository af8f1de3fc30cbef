// The changes in the way `patch-decide`: an endless seeded sequence of random sessions, each with another
// risk; and a check that an engine with these changes decides like the handwritten function.

import { toEffect } from '../engines/engine.mjs';
import { createRandom } from '../workloads/random.mjs';

/** @typedef {import('../workloads/workload.mjs').Workload} Workload */

/** A power of two, after which the sequence repeats. */
const length = 1 << 20;

/**
 * @typedef {object} Patches
 * @property {Uint32Array} sessions
 * @property {Uint8Array} risks
 * @property {() => number} next Returns the index of the next one.
 */

/** @param {number} count The number of sessions. @returns {Patches} */
export function generatePatches(count) {
  const { integer } = createRandom(4000);
  let at = -1;
  return {
    sessions: Uint32Array.from({ length }, () => integer(0, count - 1)),
    risks: Uint8Array.from({ length }, () => integer(0, 100)),
    next: () => {
      at = (at + 1) & (length - 1);
      return at;
    },
  };
}

/**
 * Copies of the workload's requests that can be changed.
 *
 * @param {Workload} workload
 * @param {number} [count] Default: the number of requests.
 */
export function copies({ texts }, count = texts.length) {
  return Array.from({ length: count }, (_, at) => JSON.parse(texts[at % texts.length] ?? ''));
}

/**
 * Applies all patches once.
 *
 * @param {Workload} workload
 * @param {Patches} patches
 * @param {import('../engines/engine.mjs').Decide} decide Applies the next patch, and decides.
 * @returns {import('../checking.mjs').Checked}
 */
export function checkPatches(workload, { sessions, risks }, decide) {
  const requests = copies(workload);
  const byHand = workload.byHand();
  const started = performance.now();
  for (const [index, session] of sessions.entries()) {
    const request = requests[session % requests.length];
    request.context.risk = risks[index];
    const expected = toEffect(byHand(request));
    const found = decide(index);
    if (found !== expected) {
      const disagreement = { request: JSON.stringify(request), index, expected, found };
      return { checked: index, ns: 0, disagreement };
    }
  }
  return { checked: length, ns: ((performance.now() - started) * 1e6) / length };
}
