// All conformance cases, in a browser or another runtime of JavaScript, by the public functions of `@nhipol/runtime`. Each case is
// run once for each way to load its policy.

import { LoadError } from '@nhipol/runtime';
import { Performer } from '../../../test/support/conformance/performer.ts';
import { difference, exactly } from './compared.mjs';

/** @typedef {import('../../../test/support/conformance/steps.ts').ConformanceCase} ConformanceCase */
/** @typedef {import('../../../test/support/conformance/steps.ts').Malformed} Malformed */
/** @typedef {import('../../../test/support/conformance/steps.ts').Step} Step */
/** @typedef {import('@nhipol/runtime').Policy} Policy */

/**
 * @typedef {object} Files
 * @property {(path: string) => Promise<string>} text Reads a file of the folder of cases.
 * @property {(path: string) => Promise<readonly Policy[]>} load Loads a module of the folder, in each way.
 * @property {(malformed: Malformed) => readonly (() => Policy | Promise<Policy>)[]} refuse The ways to load a malformed module.
 */

/** @param {Files} files @returns {Promise<{ checks: number, failures: readonly string[] }>} */
export async function conformance(files) {
  const { cases } = JSON.parse(await files.text('index.json'));
  /** @type {readonly Malformed[]} */
  const malformed = JSON.parse(await files.text('malformed.json'));
  let checks = malformed.length;
  /** @type {string[]} */
  const failures = [];
  for (const path of cases) {
    const text = await files.text(path);
    /** @type {ConformanceCase} */
    const one = JSON.parse(text);
    checks += one.steps.length;
    failures.push(...listFailures(one, exactly(text).steps, await files.load(one.module)));
  }
  for (const each of malformed) {
    failures.push(...(await refusalFailures(each.name, files.refuse(each))));
  }
  return { checks, failures };
}

/** @param {ConformanceCase} one @param {readonly Step[]} expected Its steps, read exactly. @param {readonly Policy[]} policies */
function listFailures({ name, steps }, expected, policies) {
  const performers = policies.map((policy) => new Performer(policy));
  return steps.flatMap((step, at) => {
    const whys = performers.map((performer) => stepFailure(performer, step, expected[at] ?? step));
    const why = whys.find((each) => each !== undefined);
    const title = 'name' in step && step.name ? step.name : `${at + 1} ${step.do}`;
    return why === undefined ? [] : [`${name}: ${title}: ${why}`];
  });
}

/** `undefined` if it came out as expected. @param {Performer} performer @param {Step} step @param {Step} expected */
function stepFailure(performer, step, expected) {
  const why = difference(performer.do(step), expected);
  const isNative = (step.do === 'decide' || step.do === 'could') && step.native;
  if (why !== undefined || !isNative) return why;
  const nativeWhy = difference(performer.doNative(step), expected);
  return nativeWhy && `native: ${nativeWhy}`;
}

/** @param {string} name @param {readonly (() => Policy | Promise<Policy>)[]} ways */
async function refusalFailures(name, ways) {
  for (const way of ways) {
    try {
      await way();
      return [`malformed: ${name}: it was loaded`];
    } catch (failure) {
      if (!(failure instanceof LoadError)) return [`malformed: ${name}: ${failure}`];
    }
  }
  return [];
}
