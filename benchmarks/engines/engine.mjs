// The interface of an engine, which makes decisions in one way. To measure another engine, write such a
// record and add it to the list in index.mjs.

/** @typedef {import('../workloads/workload.mjs').Workload} Workload */
/** @typedef {import('../workloads/workload.mjs').Effect} Effect */

/**
 * The form of the request:
 * - `decision`: the facts are stored where the engine reads them; only the decision is timed
 * - `object`: a JavaScript object
 * - `bytes`: JSON as UTF-8 bytes
 *
 * For P4:
 * - `session-decide`: an open session, whose facts do not change
 * - `patch-decide`: a random open session, in which a number is changed first
 * - `sweep-all`, `sweep-due`: not one decision, but a sweep over all sessions, or over those whose answer ended
 *
 * @typedef {'decision' | 'object' | 'bytes' | 'session-decide' | 'patch-decide' | 'sweep-all' | 'sweep-due'} Way
 */

/**
 * Decides the request with an index. The whole call is timed.
 *
 * @typedef {(index: number) => Effect} Decide
 */

/**
 * The bytes per session: the growth of the module's memory, and the value in its manifest.
 *
 * @typedef {{ sessionBytes: number, describedBytes: number }} SessionMemory
 */

/**
 * @typedef {object} Deciding
 * @property {Decide} decide
 * @property {(index: number) => void} [hold] Not timed: stores the facts of a request where `decide`
 *   finds them. Only in the way `decision`.
 * @property {() => void} [settle] Not timed: called after some decisions.
 * @property {() => import('../checking.mjs').Checked} [check] Default: each request is decided once.
 * @property {undefined} [round]
 * @property {SessionMemory} [memory]
 */

/**
 * An engine that measures itself.
 *
 * @typedef {object} Rounds
 * @property {() => number} round Measures once, in ns.
 * @property {() => import('../checking.mjs').Checked} check
 * @property {SessionMemory} [memory]
 */

/** @typedef {Deciding | Rounds} Prepared */

/**
 * @typedef {object} Context
 * @property {string} root The URL of the built checkout of nhipol that is measured.
 * @property {string | undefined} module The path of the compiled policy, or `undefined` if it was not compiled.
 */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {Way} way
 * @property {(workload: Workload, context: Context) => Promise<Prepared>} prepare Not timed. The table shows the errors that it
 *   throws.
 * @property {boolean} [isPeer] Another product, excluded by `--no-peers`.
 * @property {boolean} [isFloor] It decides nothing: it measures the cost of the call alone.
 * @property {readonly string[]} [flags] Flags of Node, for a separate process.
 * @property {(one: import('../workloads/workload.mjs').Case) => boolean} [takes] Whether it supports the case.
 */

/** @param {boolean} permits @returns {Effect} */
export const toEffect = (permits) => (permits ? 'permit' : 'deny');

export const handwritten = 'handwritten';
/** The row that sweeps of many sessions are compared with. */
export const fewSessions = 'nhipol, 1,000 sessions';

/** The ways in which a case is measured. @param {import('../workloads/workload.mjs').Case} one @returns {readonly Way[]} */
export function listWays({ name, kind }) {
  if (name !== 'p4') return ['decision', 'object', 'bytes'];
  return kind === 'due' ? ['sweep-due'] : ['session-decide', 'patch-decide', 'sweep-all'];
}
