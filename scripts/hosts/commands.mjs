// Runs commands, one after the other, in a folder. Their output goes to standard error, except for what a caller reads.

import { spawnSync } from 'node:child_process';

/** A command that could not be started, or did not exit with 0. The message names it. */
export class CommandFailed extends Error {}

/** @typedef {{ shown: string, output: string, status: number | null, error: Error | undefined }} Ran */

/**
 * Returns a function that runs a command and returns what it wrote to standard output.
 *
 * @param {string} cwd
 * @param {Readonly<Record<string, string | undefined>>} [env] Added to the environment; undefined removes a variable.
 */
export function createRunner(cwd, env = {}) {
  return (/** @type {readonly string[]} */ [file = '', ...words]) => {
    const shown = [file, ...words].join(' ');
    console.error(`$ ${shown}`);
    const { status, error, stdout } = spawnSync(file, words, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { shown, output: stdout ?? '', status, error };
  };
}

/** Throws `CommandFailed` if the command failed, after printing its output. @param {Ran} ran */
export function expectDone({ shown, output, status, error }) {
  if (status === 0) return;
  console.error(output);
  throw new CommandFailed(`\`${shown}\` ${error?.message ?? `exited with ${status}`}`);
}
