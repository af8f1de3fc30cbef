// What an engine is: something that can be asked for decisions, in one way. To measure one more, write
// such a record and add it to the list in index.mjs.

/** @typedef {import('../workloads/workload.mjs').Workload} Workload */
/** @typedef {import('../workloads/workload.mjs').Effect} Effect */

/**
 * What goes in and what comes out:
 * - `decision`: the facts are where the engine wants them; all that is left is to decide
 * - `object`: a JavaScript object
 * - `bytes`: JSON as UTF-8 bytes
 *
 * @typedef {'decision' | 'object' | 'bytes'} Way
 */

/**
 * Decides the request of an index. All of that is timed.
 *
 * @typedef {(index: number) => Effect} Decide
 */

/**
 * @typedef {object} Prepared
 * @property {Decide} decide
 * @property {(index: number) => void} [hold] Not timed: brings the facts of a request to where `decide`
 *   finds them. Only in the way `decision`.
 */

/**
 * @typedef {object} Context
 * @property {string} root URL of the checkout of nhipol that is measured, built.
 * @property {string | undefined} module Path of the policy, compiled; undefined: it was not.
 */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {Way} way
 * @property {(workload: Workload, context: Context) => Promise<Prepared>} prepare Not timed. What it throws is
 *   told in the table.
 * @property {boolean} [isPeer] Another product, left out with `--no-peers`.
 * @property {boolean} [isFloor] It decides nothing: only what asking costs.
 * @property {readonly string[]} [flags] Node's own, in a process apart.
 * @property {(one: import('../workloads/workload.mjs').Case) => boolean} [takes] Whether it can be asked at all.
 */

/** @param {boolean} permits @returns {Effect} */
export const effectOf = (permits) => (permits ? 'permit' : 'deny');

export const handwritten = 'handwritten';
