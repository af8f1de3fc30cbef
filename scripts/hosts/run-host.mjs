// Runs the commands of one host, one after the other, in its folder. Their output goes to standard error, except for
// the line of JSON that its tool prints. Stops at the first command that fails.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @typedef {import('./host.mjs').Host} Host */
/** @typedef {import('./host.mjs').Toolchain} Toolchain */

/**
 * @typedef {object} Wanted
 * @property {string} root The repository.
 * @property {string} workload The path of the files of a workload, without their extensions.
 * @property {ReadonlyMap<string, string>} [answers] The paths of workloads by the kind of all of their answers.
 * @property {boolean} look
 * @property {boolean} measure
 * @property {number} stress The number of decisions; 0 disables it.
 */

const threads = '4';

/** @param {Host} host @param {Wanted} wanted @returns {import('./host.mjs').Report} */
export function runHost(host, { root, workload, answers, look, measure, stress }) {
  const missing = host.needs.filter((toolchain) => !isInstalled(toolchain));
  if (missing.length > 0) return { host, missing };
  const run = runnerIn(join(root, host.folder));
  const isMeasured = measure || stress > 0;
  const { build, tool } = (isMeasured ? undefined : host.unmeasured) ?? host;
  const call = (/** @type {string[]} */ ...words) => resultOf(run([...tool, ...words]));
  try {
    for (const command of build) expectDone(run(command));
    if (look) for (const command of host.look) expectDone(run(command));
    const conformance = call('conformance', join(root, 'test/conformance'));
    const speed = measure ? call('measure', workload) : undefined;
    const byAnswer = [...(measure ? (answers ?? []) : [])].map(([kind, path]) => [
      kind,
      call('measure', path),
    ]);
    const stressed = stress > 0 ? call('stress', workload, String(stress), threads) : undefined;
    const ofAnswers = Object.fromEntries(byAnswer);
    return { host, missing, conformance, speed, answers: ofAnswers, stress: stressed };
  } catch (failure) {
    if (!(failure instanceof CommandFailed)) throw failure;
    return { host, missing, failed: failure.message };
  }
}

class CommandFailed extends Error {}

/** @param {Toolchain} toolchain */
export function isInstalled({ command }) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @typedef {{ shown: string, output: string, status: number | null, error: Error | undefined }} Ran */

/** @param {string} cwd */
function runnerIn(cwd) {
  return (/** @type {readonly string[]} */ [file = '', ...words]) => {
    const shown = [file, ...words].join(' ');
    console.error(`$ ${shown}`);
    const { status, error, stdout } = spawnSync(file, words, {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { shown, output: stdout ?? '', status, error };
  };
}

/** @param {Ran} ran */
function expectDone({ shown, output, status, error }) {
  if (status === 0) return;
  console.error(output);
  throw new CommandFailed(`\`${shown}\` ${error?.message ?? `exited with ${status}`}`);
}

/** Parses the last line of the output. A tool that found failures lists them and exits with 1. @param {Ran} ran */
function resultOf(ran) {
  const last = ran.output.trimEnd().split('\n').at(-1) ?? '';
  if (last.startsWith('{')) return JSON.parse(last);
  expectDone(ran);
  throw new CommandFailed(`\`${ran.shown}\` printed no result`);
}
