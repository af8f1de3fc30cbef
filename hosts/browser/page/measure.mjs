// How long a decision takes, from JSON bytes and from objects, to a whole answer.

import { loadStreaming } from '@nhipol/runtime';
import { fetchModule, readWorkload } from './workload.mjs';

const rounds = 15;
/** All requests so often: clocks of browsers are coarse. */
const passes = 10;

/** @typedef {import('@nhipol/runtime').Answer} Answer */

/** @returns {Promise<{ json: number, native: number, response: number }>} Nanoseconds. */
export async function measure() {
  const policy = await loadStreaming(fetchModule());
  const { requests, effects } = await readWorkload();
  const decoder = new TextDecoder();
  /** @type {readonly unknown[]} */
  const objects = requests.map((request) => JSON.parse(decoder.decode(request)));
  const byJson = (/** @type {Uint8Array} */ request) => policy.decideJson(request);
  const byObject = (/** @type {unknown} */ request) => policy.decide(request);
  expectAll(requests, byJson, effects);
  expectAll(objects, byObject, effects);
  const byResponse = (/** @type {Uint8Array} */ request) => policy.decideResponse(request);
  return {
    json: median(requests, byJson),
    native: median(objects, byObject),
    response: median(requests, byResponse),
  };
}

/** @template T @param {readonly T[]} requests @param {(request: T) => Answer} decide @param {readonly string[]} effects */
function expectAll(requests, decide, effects) {
  for (const [at, request] of requests.entries()) {
    const { effect } = decide(request);
    if (effect !== effects[at]) throw new Error(`line ${at + 1}: ${effect}, not ${effects[at]}`);
  }
}

/** @template T @param {readonly T[]} requests @param {(request: T) => unknown} decide */
function median(requests, decide) {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    for (let pass = 0; pass < passes; pass += 1) for (const request of requests) decide(request);
    return ((performance.now() - start) * 1e6) / (passes * requests.length);
  });
  const middle = times.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
  return Math.round(middle * 10) / 10;
}
