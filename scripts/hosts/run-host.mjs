// Runs the commands of one host, one after the other, in its folder. Their output goes to standard error, except for
// the line of JSON that its tool prints. Stops at the first command that fails.

import { join } from 'node:path';
import { CommandFailed, createRunner, expectDone } from './commands.mjs';
import { listMissing } from './toolchains.mjs';

/** @typedef {import('./host.mjs').Host} Host */
/** @typedef {import('./commands.mjs').Ran} Ran */

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
export function runHost(host, { root, workload, answers, look, ...wanted }) {
  const measure = wanted.measure && !host.isOnlyChecked;
  const stress = host.isOnlyChecked ? 0 : wanted.stress;
  const missing = listMissing(host.needs);
  if (missing.length > 0) return { host, missing };
  const run = createRunner(join(root, host.folder));
  const isMeasured = measure || stress > 0;
  const { build, tool } = (isMeasured ? undefined : host.unmeasured) ?? host;
  const call = (/** @type {string[]} */ ...words) => parseResult(run([...tool, ...words]));
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

/** Parses the last line of the output. A tool that found failures lists them and exits with 1. @param {Ran} ran */
function parseResult(ran) {
  const last = ran.output.trimEnd().split('\n').at(-1) ?? '';
  if (last.startsWith('{')) return JSON.parse(last);
  expectDone(ran);
  throw new CommandFailed(`\`${ran.shown}\` printed no result`);
}
