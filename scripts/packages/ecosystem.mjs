// The types of ecosystems, the plans to check their packages, and the reports about them.

/** @typedef {readonly string[]} Command A program and its arguments. */

/**
 * @typedef {object} Place
 * @property {string} root The repository.
 * @property {string} source A copy of the files of the repository that Git has, without what was built in it.
 * @property {string} out An empty folder for the packages.
 * @property {string} version The version of all packages.
 */

/**
 * @typedef {object} Inspection
 * @property {string} title What is inspected.
 * @property {Command} command Runs in `out`, and prints the names of files, or metadata.
 * @property {readonly string[]} contains Each must be in the output.
 * @property {readonly string[]} [excludes] None may be in the output.
 */

/**
 * @typedef {object} Project
 * @property {string} title
 * @property {string} [from] The folder with the files of an empty project, in `projects/`. The project also has a policy
 *   and requests, and its program must print the answers.
 * @property {Readonly<Record<string, string>>} [files] Further files.
 * @property {string} [folder] An existing folder, if it is not an empty project.
 * @property {readonly Command[]} install Install the package into the project.
 * @property {Command} run Runs the program.
 * @property {Inspection} [installed] Inspects what was installed, in the folder of the project.
 */

/**
 * @typedef {object} Plan
 * @property {string} folder The folder in `source` in which the package is built.
 * @property {readonly Command[]} build Write the packages to `out`.
 * @property {Readonly<Record<string, string | undefined>>} [env] Added to the environment of all commands, or removed from it.
 * @property {readonly Inspection[]} inspections
 * @property {readonly Project[]} projects
 */

/**
 * @typedef {object} Ecosystem
 * @property {string} id
 * @property {string} title
 * @property {readonly import('../hosts/host.mjs').Toolchain[]} needs
 * @property {(place: Place) => Plan} plan
 */

/**
 * @typedef {object} Report
 * @property {string} id
 * @property {string} title
 * @property {readonly import('../hosts/host.mjs').Toolchain[]} missing If there are any, nothing was run.
 * @property {number} checks The number of inspections and projects; a package that cannot be built is one failed check.
 * @property {readonly string[]} failures
 * @property {number} seconds
 */

export {};
