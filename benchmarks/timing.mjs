// Times engines in interleaved rounds, so that whatever slows the machine for a while slows all of
// them. Slow engines get fewer rounds and fewer requests, never none.

import { summarise } from '../dist/cli/commands/bench/statistics.js';

/** @typedef {import('./engines/engine.mjs').Prepared} Prepared */
/** @typedef {import('./engines/engine.mjs').Deciding} Deciding */
/** @typedef {import('../dist/cli/commands/bench/statistics.js').Summary} Summary */

/**
 * @typedef {object} Run
 * @property {Prepared} prepared
 * @property {import('./engines/engine.mjs').Way} way
 * @property {number} ns Of a decision, roughly.
 */

/** How long an engine runs in one round, and in all at most, in ms. */
const [roundLength, wholeLength] = [8, 1000];
/** Of a slow one. */
const [fewestRequests, fewestRounds] = [8, 3];
/** In the way `decision` so many requests are held, one after the other, and each is decided again and again. */
const [held, repetitions] = [100, 100];
const warmRounds = 8;

/** How often the answer was a permit: what is counted for all to see cannot be optimised away. */
export let permits = 0;

/**
 * @param {readonly Run[]} runs
 * @param {number} count Requests.
 * @param {number} rounds
 * @returns {(Summary & { rounds: number })[]} In nanoseconds.
 */
export function time(runs, count, rounds) {
  const plans = runs.map((run, index) => planOf(run, index, count, rounds));
  for (const plan of plans) warmUp(plan);
  for (let round = 0; round < rounds; round += 1) {
    for (const { isDue, measure, taken } of plans) if (isDue(round)) taken.push(measure());
  }
  return plans.map(({ taken }) => ({ ...summarise(taken), rounds: taken.length }));
}

/**
 * @param {Run} run
 * @param {number} index
 * @param {number} count
 * @param {number} rounds
 */
function planOf({ prepared, way, ns }, index, count, rounds) {
  const roundNs = roundLength * 1e6;
  const requests = Math.min(count, Math.max(fewestRequests, Math.floor(roundNs / ns)));
  const wanted = Math.max(fewestRounds, Math.floor((wholeLength * 1e6) / (requests * ns)));
  const due = Math.min(rounds, wanted);
  return {
    measure: measuring(prepared, way, index, count, requests),
    /** Spread evenly over all rounds. @param {number} round */
    isDue: (round) => Math.floor(((round + 1) * due) / rounds) > Math.floor((round * due) / rounds),
    /** What was checked for long is warm already. */
    isSlow: requests * ns > 4 * roundNs,
    taken: /** @type {number[]} */ ([]),
  };
}

/**
 * @param {Prepared} prepared
 * @param {import('./engines/engine.mjs').Way} way
 * @param {number} index
 * @param {number} count
 * @param {number} requests
 */
function measuring(prepared, way, index, count, requests) {
  if (prepared.round !== undefined) return prepared.round;
  if (way === 'decision') return heldPass(prepared, index, count);
  return pass(prepared, index, count, requests);
}

/**
 * Lets the optimising compiler do its work.
 *
 * @param {ReturnType<typeof planOf>} plan
 */
function warmUp({ measure, isSlow }) {
  const end = performance.now() + (isSlow ? 0 : warmRounds * roundLength);
  do measure();
  while (performance.now() < end);
}

/**
 * As many requests as fit a round, spread over all of them, the same ones in each round.
 *
 * @param {Deciding} prepared
 * @param {number} index
 * @param {number} count
 * @param {number} requests
 */
function pass({ decide, settle }, index, count, requests) {
  const loop = ownLoop(index);
  const step = Math.floor(count / requests);
  const end = step * requests;
  return () => {
    let [elapsed, decisions] = [0, 0];
    do {
      const started = performance.now();
      permits += loop(decide, step, end);
      elapsed += performance.now() - started;
      decisions += requests;
      settle?.();
    } while (elapsed < roundLength);
    return (elapsed * 1e6) / decisions;
  };
}

/**
 * A part of the requests, each held and then decided many times.
 *
 * @param {Deciding} prepared
 * @param {number} index
 * @param {number} count
 */
function heldPass({ decide, hold }, index, count) {
  const loop = ownRepetition(index);
  const step = Math.max(1, Math.floor(count / held));
  return () => {
    let [elapsed, decisions] = [0, 0];
    do {
      for (let at = 0; at < count; at += step) {
        hold?.(at);
        const started = performance.now();
        permits += loop(decide, at, repetitions);
        elapsed += performance.now() - started;
        decisions += repetitions;
      }
    } while (elapsed < roundLength);
    return (elapsed * 1e6) / decisions;
  };
}

/**
 * Each engine gets a loop of its own text: a loop that all share would have learned to call any of
 * them, and so be slow with each.
 *
 * @param {number} index
 * @returns {(decide: Deciding['decide'], step: number, end: number) => number}
 */
function ownLoop(index) {
  return own(`return function loop_${index}(decide, step, end) {
    let permits = 0;
    for (let at = 0; at < end; at += step) if (decide(at) === 'permit') permits += 1;
    return permits;
  }`);
}

/**
 * @param {number} index
 * @returns {(decide: Deciding['decide'], at: number, times: number) => number}
 */
function ownRepetition(index) {
  return own(`return function repetition_${index}(decide, at, times) {
    let permits = 0;
    for (let again = 0; again < times; again += 1) if (decide(at) === 'permit') permits += 1;
    return permits;
  }`);
}

/** @param {string} text */
function own(text) {
  return new Function(text)();
}
