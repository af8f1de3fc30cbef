// `session-decide`: decisions on open sessions whose facts do not change. The first thousand sessions are
// queried, one for each request, so that they are in the cache; the answers of all others are checked
// before.

import { same } from '../engines/empty-call.mjs';
import { handwritten, toEffect } from '../engines/engine.mjs';
import { effects, opened, openHeldSessions } from './held.mjs';

/** @type {readonly import('../engines/engine.mjs').Engine[]} */
export const deciding = [
  {
    // Engines that are called from JavaScript pay for the call; the handwritten function does not.
    name: `empty wasm call + ${handwritten}`,
    way: 'session-decide',
    prepare: async (workload) => {
      const [decide, requests, call] = [workload.byHand(), workload.requests, same()];
      return { decide: (index) => toEffect(decide(requests[call(index)])) };
    },
  },
  {
    name: 'nhipol',
    way: 'session-decide',
    prepare: async (workload, context) => {
      const { module, handles, memory } = openHeldSessions(workload, context);
      const { session_effect: effect } = module;
      const decide = (/** @type {number} */ session) =>
        /** @type {import('../workloads/workload.mjs').Effect} */ (
          effects[effect(handles[session], opened)]
        );
      return { decide, check: () => checkAll(workload, handles.length, decide), memory };
    },
  },
];

/**
 * @param {import('../workloads/workload.mjs').Workload} workload
 * @param {number} count The number of sessions.
 * @param {import('../engines/engine.mjs').Decide} decide
 * @returns {import('../checking.mjs').Checked}
 */
function checkAll({ texts, expected }, count, decide) {
  const started = performance.now();
  for (let session = 0; session < count; session += 1) {
    const index = session % texts.length;
    const found = decide(session);
    if (found !== expected[index]) {
      const [request = '', wanted = ''] = [texts[index], expected[index]];
      const disagreement = { request, index: session, expected: wanted, found };
      return { checked: session, ns: 0, disagreement };
    }
  }
  return { checked: count, ns: ((performance.now() - started) * 1e6) / count };
}
