// `sweep-due`: time passes, and the answers of a hundred sessions end; all others are valid for weeks.
// Sessions end in batches with a sweep after each. Their preparation is not timed, and is done for many
// batches at once, so that the data of the first batch is no longer in the cache.

import { fewSessions } from '../engines/engine.mjs';
import { expiresAt } from '../workloads/p4.mjs';
import { createRandom } from '../workloads/random.mjs';
import { opened, openHeldSessions, sweepAll, swept, write, wrongSweep } from './held.mjs';

/** @typedef {import('../workloads/workload.mjs').Workload} Workload */

const due = 100;
const mostBatches = 256;
const fewest = 1000;
/** The time between batches, and from the first end in a batch to its sweep, in ms. */
const [apart, span] = [3000, 1000];
const month = 30 * 86_400_000;

/** @type {readonly import('../engines/engine.mjs').Engine[]} */
export const sweepingDue = [
  sweeping(fewSessions, () => fewest),
  sweeping('nhipol', ({ case: { n } }) => n ?? 0),
];

/**
 * @param {string} name
 * @param {(workload: Workload) => number} countOf The number of sessions.
 * @returns {import('../engines/engine.mjs').Engine}
 */
function sweeping(name, countOf) {
  return {
    name,
    way: 'sweep-due',
    prepare: async (workload, context) => {
      const count = countOf(workload);
      const random = createRandom(4100);
      const held = openHeldSessions(workload, context, count, (text) =>
        writeInstant(text, opened + month + random.integer(0, month)),
      );
      const batches = drawBatches(count, random);
      const { module } = held;
      let start = opened;
      /** The instants of the sweeps that are prepared. */
      const ready = () => {
        const instants = batches.map((_, at) => start + at * apart + span);
        makeReady(held, batches, start, random);
        start += batches.length * apart;
        return instants;
      };
      return {
        ...(name === fewSessions ? {} : { memory: held.memory }),
        check: () => {
          const instants = ready();
          for (const [at, batch] of batches.entries()) {
            const disagreement = wrongBatch(workload, held, batch, instants[at] ?? 0);
            if (disagreement !== undefined) return { checked: at, ns: 0, disagreement };
          }
          return { checked: count, ns: 1e6 };
        },
        round: () => {
          let elapsed = 0;
          for (const instant of ready()) {
            const started = performance.now();
            const changes = module.session_sweep(instant, 0);
            elapsed += performance.now() - started;
            if (changes !== due) throw new Error(`broken invariant: ${changes} sessions were due`);
          }
          return (elapsed * 1e6) / batches.length;
        },
      };
    },
  };
}

/**
 * Random distinct sessions; of a small number of sessions only half are used.
 *
 * @param {number} count
 * @param {ReturnType<typeof createRandom>} random
 */
function drawBatches(count, { integer }) {
  const wanted = due * Math.min(mostBatches, Math.floor(count / 2 / due));
  const chosen = new Set();
  while (chosen.size < wanted) chosen.add(integer(0, count - 1));
  const sessions = /** @type {number[]} */ ([...chosen]);
  return Array.from({ length: wanted / due }, (_, at) => sessions.slice(at * due, (at + 1) * due));
}

/**
 * Gives each session a credential that expires before the sweep of its batch, and evaluates it.
 *
 * @param {import('./held.mjs').Held} held
 * @param {readonly (readonly number[])[]} batches
 * @param {number} start
 * @param {ReturnType<typeof createRandom>} random
 */
function makeReady({ module, handles }, batches, start, { integer }) {
  const credential = { expires_at: expiresAt };
  const part = JSON.stringify({ subject: { properties: { credential } } });
  const text = new TextEncoder().encode(part);
  for (const [at, batch] of batches.entries()) {
    for (const session of batch) {
      writeInstant(text, start + at * apart + integer(1, span));
      const refused = module.session_patch(handles[session], write(module, text), 0);
      if (refused !== 0) throw new Error('broken invariant: a credential was rejected');
      module.session_effect(handles[session], start);
    }
  }
  sweepAll(module, start);
}

/** Replaces the instant in the request. @param {Uint8Array} text @param {number} instant */
function writeInstant(text, instant) {
  const name = '"expires_at":"';
  const at = Buffer.from(text.buffer, text.byteOffset, text.length).indexOf(name) + name.length;
  new TextEncoder().encodeInto(new Date(instant).toISOString(), text.subarray(at));
}

/**
 * @param {Workload} workload
 * @param {import('./held.mjs').Held} held
 * @param {readonly number[]} batch
 * @param {number} instant
 */
function wrongBatch({ texts, expected }, held, batch, instant) {
  const changes = batch.map((session) => {
    const before = expected[session % expected.length] ?? 'deny';
    return { session, before, now: /** @type {const} */ ('deny') };
  });
  return wrongSweep(swept(held.module, instant, false), held, texts, changes);
}
