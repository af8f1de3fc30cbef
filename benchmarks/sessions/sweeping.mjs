// `sweep-all`: evaluates every session again, and no answer changes.

import { opened, openHeldSessions, swept, wrongSweep } from './held.mjs';

/** @typedef {import('../workloads/workload.mjs').Effect} Effect */

/** @type {import('../engines/engine.mjs').Engine} */
export const sweepingAll = {
  name: 'nhipol',
  way: 'sweep-all',
  prepare: async (workload, context) => {
    const held = openHeldSessions(workload, context);
    return {
      check: () => checkSweeps(workload, held),
      round: () => {
        const started = performance.now();
        const changes = held.module.session_sweep(opened, 1);
        const elapsed = performance.now() - started;
        if (changes !== 0) throw new Error('broken invariant: an answer changed');
        return elapsed * 1e6;
      },
    };
  },
};

/**
 * Checks that a sweep finds the sessions whose credential leaks, and finds them again when that is reverted.
 *
 * @param {import('../workloads/workload.mjs').Workload} workload
 * @param {import('./held.mjs').Held} held
 * @returns {import('../checking.mjs').Checked}
 */
function checkSweeps({ texts, requests, expected }, held) {
  const { module, words, handles } = held;
  const [word] = words['context.credential_exposed'];
  const leaks = requests.flatMap(({ context }, session) => {
    const before = expected[session] ?? 'deny';
    return context.credential_exposed
      ? []
      : [{ session, before, now: /** @type {Effect} */ ('deny') }];
  });
  const mended = leaks.map(({ session, before, now }) => ({ session, before: now, now: before }));
  for (const [changes, isLeak] of /** @type {const} */ ([
    [leaks, 1],
    [mended, 0],
  ])) {
    for (const { session } of changes) module.session_set(handles[session], word, isLeak);
    const disagreement = wrongSweep(swept(module, opened, true), held, texts, changes);
    if (disagreement !== undefined) return { checked: 0, ns: 0, disagreement };
  }
  return { checked: handles.length, ns: 1e6 };
}
