// What is known of a host, and what comes of running it.

/**
 * @typedef {object} Toolchain
 * @property {string} command What must be on the PATH.
 * @property {string} [debian] The package of Debian that brings it.
 * @property {string} [from] Where else one gets it, if Debian's is too old.
 */

/**
 * @typedef {object} Host
 * @property {string} id
 * @property {string} title With what runs the module.
 * @property {string} folder Where its commands run.
 * @property {readonly Toolchain[]} needs
 * @property {readonly (readonly string[])[]} build
 * @property {{ build: readonly (readonly string[])[], tool: readonly string[] }} [unmeasured] The same where nothing is measured, and
 *   optimising takes minutes.
 * @property {readonly (readonly string[])[]} look Its own tests, its formatter and its linter.
 * @property {readonly string[]} tool It knows the verbs `conformance`, `measure` and `stress`, and prints a line of JSON.
 */

/** @typedef {{ checks: number, passed: number, failures: readonly string[] }} Conformance */
/** Nanoseconds per decision, and allocations where the language tells. @typedef {{ json: number, native: number, allocations: number | null }} Speed */
/** Memory in bytes, after a tenth of it and at the end. @typedef {{ decisions: number, threads: number, disagreements: number, memory: readonly [number, number] }} Stress */

/**
 * @typedef {object} Report
 * @property {Host} host
 * @property {readonly Toolchain[]} missing Then nothing was run.
 * @property {string} [failed] The command that failed, and how.
 * @property {Conformance} [conformance]
 * @property {Speed} [speed]
 * @property {Stress} [stress]
 */

export {};
