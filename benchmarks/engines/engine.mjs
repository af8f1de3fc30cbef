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
 * Of P4:
 * - `session-decide`: an open session, whose facts stay as they are
 * - `patch-decide`: an open session at random, of which a number becomes another before
 * - `sweep-all`, `sweep-due`: not one decision, but a sweep over all sessions, and of those whose answer ended
 *
 * @typedef {'decision' | 'object' | 'bytes' | 'session-decide' | 'patch-decide' | 'sweep-all' | 'sweep-due'} Way
 */

/**
 * Decides the request of an index. All of that is timed.
 *
 * @typedef {(index: number) => Effect} Decide
 */

/**
 * In bytes, of each session: what the module's memory grew by, and what its manifest says.
 *
 * @typedef {{ sessionBytes: number, describedBytes: number }} SessionMemory
 */

/**
 * @typedef {object} Deciding
 * @property {Decide} decide
 * @property {(index: number) => void} [hold] Not timed: brings the facts of a request to where `decide`
 *   finds them. Only in the way `decision`.
 * @property {() => void} [settle] Not timed: what is to be done after some decisions.
 * @property {() => import('../checking.mjs').Checked} [check] Unless it is asked for each request once.
 * @property {undefined} [round]
 * @property {SessionMemory} [memory]
 */

/**
 * What measures itself.
 *
 * @typedef {object} Rounds
 * @property {() => number} round Measures once, in ns.
 * @property {() => import('../checking.mjs').Checked} check
 * @property {SessionMemory} [memory]
 */

/** @typedef {Deciding | Rounds} Prepared */

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
/** Beside which sweeps of many sessions stand. */
export const fewSessions = 'nhipol, 1,000 sessions';

/** The ways in which a case is measured. @param {import('../workloads/workload.mjs').Case} one @returns {readonly Way[]} */
export function waysOf({ name, kind }) {
  if (name !== 'p4') return ['decision', 'object', 'bytes'];
  return kind === 'due' ? ['sweep-due'] : ['session-decide', 'patch-decide', 'sweep-all'];
}
