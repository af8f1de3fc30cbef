// All conformance cases by the runtime's public doors. Each case is done twice: by a policy that came as bytes, and by one that was
// compiled while it arrived.

import { LoadError, load, loadStreaming } from '@nhipol/runtime';
import { Performer } from '../../../test/support/conformance/performer.ts';
import { difference, exactly } from './compared.mjs';

const folder = '/conformance/';

/** @typedef {import('../../../test/support/conformance/steps.ts').ConformanceCase} ConformanceCase */
/** @typedef {import('../../../test/support/conformance/steps.ts').Malformed} Malformed */
/** @typedef {import('../../../test/support/conformance/steps.ts').Step} Step */
/** @typedef {import('@nhipol/runtime').Policy} Policy */

/** @returns {Promise<{ checks: number, failures: readonly string[] }>} */
export async function conformance() {
  const { cases } = await json('index.json');
  /** @type {readonly Malformed[]} */
  const malformed = await json('malformed.json');
  let checks = malformed.length;
  /** @type {string[]} */
  const failures = [];
  for (const path of cases) {
    const text = await (await fetch(folder + path)).text();
    /** @type {ConformanceCase} */
    const one = JSON.parse(text);
    checks += one.steps.length;
    failures.push(...(await failuresOf(one, exactly(text).steps)));
  }
  for (const each of malformed) failures.push(...(await refusalFailures(each)));
  return { checks, failures };
}

/** @param {ConformanceCase} one @param {readonly Step[]} expected Its steps, read exactly. */
async function failuresOf({ name, module, steps }, expected) {
  const path = folder + module;
  const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
  const performers = [load(bytes), await loadStreaming(fetch(path))].map(
    (policy) => new Performer(policy),
  );
  return steps.flatMap((step, at) => {
    const whys = performers.map((performer) => stepFailure(performer, step, expected[at] ?? step));
    const why = whys.find((each) => each !== undefined);
    const title = 'name' in step && step.name ? step.name : `${at + 1} ${step.do}`;
    return why === undefined ? [] : [`${name}: ${title}: ${why}`];
  });
}

/** undefined: it came out as expected. @param {Performer} performer @param {Step} step @param {Step} expected */
function stepFailure(performer, step, expected) {
  const why = difference(performer.do(step), expected);
  if (why !== undefined || step.do !== 'decide' || !step.native) return why;
  const nativeWhy = difference(performer.decideNative(step), expected);
  return nativeWhy && `native: ${nativeWhy}`;
}

/** @param {Malformed} malformed */
async function refusalFailures({ name, module_base64 }) {
  const bytes = Uint8Array.from(atob(module_base64), (each) => each.charCodeAt(0));
  const headers = { 'content-type': 'application/wasm' };
  /** @type {readonly (() => Policy | Promise<Policy>)[]} */
  const ways = [() => load(bytes), () => loadStreaming(new Response(bytes, { headers }))];
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

/** @param {string} path @returns {Promise<any>} */
async function json(path) {
  return (await fetch(folder + path)).json();
}
