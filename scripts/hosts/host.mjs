// The types of hosts and of the reports about them.

/**
 * @typedef {object} Toolchain
 * @property {string} command The program that must be on the PATH.
 * @property {string} [debian] The Debian package that contains it.
 * @property {string} [from] The source to install it from if the Debian package is too old.
 */

/**
 * @typedef {object} Host
 * @property {string} id
 * @property {string} title The language and the engine.
 * @property {string} folder The folder in which its commands run.
 * @property {readonly Toolchain[]} needs
 * @property {readonly (readonly string[])[]} build
 * @property {{ build: readonly (readonly string[])[], tool: readonly string[] }} [unmeasured] The commands if nothing is
 *   measured, because an optimized build takes minutes.
 * @property {true} [isOnlyChecked] Whether its tool supports only `conformance`.
 * @property {readonly (readonly string[])[]} look The commands for its own tests, formatter and linter.
 * @property {readonly string[]} tool Supports the commands `conformance`, `measure` and `stress`, and prints a line of JSON.
 */

/** @typedef {{ checks: number, passed: number, failures: readonly string[] }} Conformance */
/**
 * Nanoseconds per decision: from JSON and from values to an answer, and from JSON to the bytes of a response; and
 * allocations, if the language reports them.
 *
 * @typedef {{ json: number, native: number, response: number, allocations: number | null }} Speed
 */
/** The memory in bytes after a tenth of the decisions and at the end. @typedef {{ decisions: number, threads: number, disagreements: number, memory: readonly [number, number] }} Stress */

/**
 * @typedef {object} Report
 * @property {Host} host
 * @property {readonly Toolchain[]} missing The missing toolchains. If there are any, nothing was run.
 * @property {string} [failed] The command that failed, and its error.
 * @property {Conformance} [conformance]
 * @property {Speed} [speed]
 * @property {Readonly<Record<string, Speed>>} [answers] By the kind of answer.
 * @property {Stress} [stress]
 */

export {};
