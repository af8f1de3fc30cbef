// The policy as a handwritten JavaScript function: on an object, and on JSON with `JSON.parse`. The
// baseline of all other engines.

import { handwritten, toEffect } from './engine.mjs';

/** @typedef {import('./engine.mjs').Engine} Engine */
/** @typedef {import('../workloads/p3/kind.mjs').ScaledRequest} Request */

/** @type {readonly Engine[]} */
export const byHand = [
  {
    name: handwritten,
    way: 'decision',
    prepare: async (workload) => {
      const [decide, requests] = [workload.byHand(), workload.requests];
      return { decide: (index) => toEffect(decide(requests[index])) };
    },
  },
  {
    name: handwritten,
    way: 'object',
    prepare: async (workload) => {
      const [decide, requests] = [workload.byHand(), workload.requests];
      return { decide: (index) => toEffect(decide(requests[index])) };
    },
  },
  {
    // The JSON is already a string, in favor of this engine: decoding bytes would take 5 % more time.
    name: `JSON.parse + ${handwritten}`,
    way: 'bytes',
    prepare: async (workload) => {
      const [decide, texts] = [workload.byHand(), workload.texts];
      return {
        decide: (index) => toEffect(decide(JSON.parse(/** @type {string} */ (texts[index])))),
      };
    },
  },
];
