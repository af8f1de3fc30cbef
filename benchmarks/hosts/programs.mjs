// The programs that measure, by their languages. Commands run in the program's folder; folder and names of the workloads follow.

/** @typedef {readonly string[]} Command */

/** @type {Readonly<Record<string, { folder: string, build: readonly Command[], run: Command }>>} */
export const programs = {};
