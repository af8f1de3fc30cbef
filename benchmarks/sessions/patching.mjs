// `patch-decide`: changes a number of a random session, and decides the session. Engines without sessions
// get the request as an object with the changed number.

import { readFileSync } from 'node:fs';
import { handwritten, toEffect } from '../engines/engine.mjs';
import { jsonLogic } from '../engines/peers/json-logic.mjs';
import { requestCount } from '../workloads/workload.mjs';
import { effects, opened, openHeldSessions, sweepAll } from './held.mjs';
import { checkPatches, copies, generatePatches } from './patches.mjs';

/** @typedef {import('../engines/engine.mjs').Engine} Engine */
/** @typedef {import('../engines/engine.mjs').Context} Context */
/** @typedef {import('../workloads/workload.mjs').Workload} Workload */

const changing = 'context.risk';

/** @type {readonly Engine[]} */
export const patching = [
  patchingEngine(handwritten, async (workload, _, { sessions, risks, next }) => {
    const [decide, requests] = [workload.byHand(), copies(workload)];
    return {
      decide: () => {
        const at = next();
        const request = requests[(sessions[at] ?? 0) % requestCount];
        request.context.risk = risks[at];
        return toEffect(decide(request));
      },
    };
  }),
  patchingEngine('nhipol', async (workload, context, { sessions, risks, next }) => {
    const { module, words, handles } = openHeldSessions(workload, context);
    const [word] = words[changing];
    const { session_set: set, session_effect: effect } = module;
    const row = sessions.map((session) => handles[session] ?? 0);
    return {
      decide: () => {
        const at = next();
        const handle = row[at];
        set(handle, word, risks[at]);
        return /** @type {import('../workloads/workload.mjs').Effect} */ (
          effects[effect(handle, opened)]
        );
      },
      settle: () => sweepAll(module, opened),
    };
  }),
  patchingEngine('nhipol, runtime', async (workload, context, { sessions, risks, next }) => {
    const live = await liveSessions(workload, context);
    const row = Array.from(sessions, (session) => live.get(`session-${session}`));
    return {
      decide: () => {
        const at = next();
        const session = row[at];
        session.patch(changing, risks[at]);
        return session.decide().effect;
      },
      settle: () => live.sweep(),
    };
  }),
  { ...jsonLogicEngine(jsonLogic.name, () => requestCount), isPeer: true },
  // As many objects as there are sessions, so that cache misses are comparable.
  jsonLogicEngine(`${jsonLogic.name}, one object per session`, ({ case: { n } }) => n ?? 0),
];

/**
 * @param {string} name
 * @param {(workload: Workload) => number} countOf The number of objects.
 */
function jsonLogicEngine(name, countOf) {
  return patchingEngine(name, async (workload, context, { sessions, risks, next }) => {
    const requests = copies(workload, countOf(workload));
    /** The case for which it has rules. @type {import('../workloads/workload.mjs').Case} */
    const p1 = { name: 'p1', kind: null, n: null };
    const { decide } = await jsonLogic.prepare({ ...workload, requests, case: p1 }, context);
    return {
      decide: () => {
        const at = next();
        const index = (sessions[at] ?? 0) % requests.length;
        requests[index].context.risk = risks[at];
        return decide(index);
      },
    };
  });
}

/**
 * @param {string} name
 * @param {(
 *   workload: Workload,
 *   context: Context,
 *   patches: import('./patches.mjs').Patches,
 * ) => Promise<import('../engines/engine.mjs').Prepared>} prepare Its `decide` applies the next patch first.
 * @returns {Engine}
 */
function patchingEngine(name, prepare) {
  return {
    name,
    way: 'patch-decide',
    prepare: async (workload, context) => {
      const patches = generatePatches(workload.case.n ?? 0);
      const prepared = await prepare(workload, context, patches);
      return { ...prepared, check: () => checkPatches(workload, patches, prepared.decide) };
    },
  };
}

/**
 * The same sessions in the runtime, with a clock that does not advance and fires no timers.
 *
 * @param {Workload} workload
 * @param {Context} context
 */
async function liveSessions({ requests, case: { n } }, { root, module = '' }) {
  const { load, createSessions } = await import(new URL('runtime/dist/index.js', root).href);
  const clock = { now: () => opened, at: () => () => {} };
  const live = createSessions(load(readFileSync(module)), { clock });
  for (let session = 0; session < (n ?? 0); session += 1) {
    live.open(`session-${session}`, requests[session % requestCount]).decide();
  }
  return live;
}
