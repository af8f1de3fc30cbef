// What changes in the way `patch-decide`: an endless seeded row of sessions at random, each with another
// risk; and whether whoever follows it decides as the function written by hand.

import { effectOf } from '../engines/engine.mjs';
import { seeded } from '../workloads/random.mjs';

/** @typedef {import('../workloads/workload.mjs').Workload} Workload */

/** A power of two, after which it begins again. */
const length = 1 << 20;

/**
 * @typedef {object} Patches
 * @property {Uint32Array} sessions
 * @property {Uint8Array} risks
 * @property {() => number} next The place of the next.
 */

/** @param {number} count Sessions. @returns {Patches} */
export function patchesOf(count) {
  const { integer } = seeded(4000);
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
 * The workload's requests once more, to be changed.
 *
 * @param {Workload} workload
 * @param {number} [count] As many as there are, unless told.
 */
export function copies({ texts }, count = texts.length) {
  return Array.from({ length: count }, (_, at) => JSON.parse(texts[at % texts.length] ?? ''));
}

/**
 * Makes all patches once.
 *
 * @param {Workload} workload
 * @param {Patches} patches
 * @param {import('../engines/engine.mjs').Decide} decide Makes the next patch, and decides.
 * @returns {import('../checking.mjs').Checked}
 */
export function checkPatches(workload, { sessions, risks }, decide) {
  const requests = copies(workload);
  const byHand = workload.byHand();
  const started = performance.now();
  for (const [index, session] of sessions.entries()) {
    const request = requests[session % requests.length];
    request.context.risk = risks[index];
    const expected = effectOf(byHand(request));
    const found = decide(index);
    if (found !== expected) {
      const disagreement = { request: JSON.stringify(request), index, expected, found };
      return { checked: index, ns: 0, disagreement };
    }
  }
  return { checked: length, ns: ((performance.now() - started) * 1e6) / length };
}
