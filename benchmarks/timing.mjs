// Times engines in interleaved rounds, so that a temporary slowdown of the machine affects all of them.
// Slow engines get fewer rounds and fewer requests, but never none.

import { summarise } from '../dist/cli/commands/bench/statistics.js';

/** @typedef {import('./engines/engine.mjs').Prepared} Prepared */
/** @typedef {import('./engines/engine.mjs').Deciding} Deciding */
/** @typedef {import('../dist/cli/commands/bench/statistics.js').Summary} Summary */

/**
 * @typedef {object} Run
 * @property {Prepared} prepared
 * @property {import('./engines/engine.mjs').Way} way
 * @property {number} ns The approximate time of a decision.
 */

/** The duration of an engine in one round, and the maximum in all rounds, in ms. */
const [roundLength, wholeLength] = [8, 1000];
/** The minimum for a slow engine. */
const [minRequests, minRounds] = [8, 3];
/** In the way `decision`, the number of requests that are held in sequence, and of decisions on each. */
const [held, repetitions] = [100, 100];
const warmRounds = 8;

/** The number of permits: a result that is exported cannot be optimized away. */
export let permits = 0;

/**
 * @param {readonly Run[]} runs
 * @param {number} count The number of requests.
 * @param {number} rounds
 * @returns {(Summary & { rounds: number })[]} In nanoseconds.
 */
export function time(runs, count, rounds) {
  const plans = runs.map((run, index) => planRounds(run, index, count, rounds));
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
function planRounds({ prepared, way, ns }, index, count, rounds) {
  const roundNs = roundLength * 1e6;
  const requests = Math.min(count, Math.max(minRequests, Math.floor(roundNs / ns)));
  const wanted = Math.max(minRounds, Math.floor((wholeLength * 1e6) / (requests * ns)));
  const due = Math.min(rounds, wanted);
  return {
    measure: measuring(prepared, way, index, count, requests),
    /** Whether a round is due; due rounds are spread evenly over all rounds. @param {number} round */
    isDue: (round) => Math.floor(((round + 1) * due) / rounds) > Math.floor((round * due) / rounds),
    /** An engine whose check took long is already warm. */
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
  if (way === 'decision') return createHeldPass(prepared, index, count);
  return pass(prepared, index, count, requests);
}

/**
 * Runs the engine until the optimizing compiler has finished.
 *
 * @param {ReturnType<typeof planRounds>} plan
 */
function warmUp({ measure, isSlow }) {
  const end = performance.now() + (isSlow ? 0 : warmRounds * roundLength);
  do measure();
  while (performance.now() < end);
}

/**
 * Decides as many requests as fit a round, spread over all of them, the same ones in each round.
 *
 * @param {Deciding} prepared
 * @param {number} index
 * @param {number} count
 * @param {number} requests
 */
function pass({ decide, settle }, index, count, requests) {
  const loop = createLoop(index);
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
 * Holds some of the requests and decides each many times.
 *
 * @param {Deciding} prepared
 * @param {number} index
 * @param {number} count
 */
function createHeldPass({ decide, hold }, index, count) {
  const loop = createRepetition(index);
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
 * Creates a loop for each engine: the type feedback of a shared loop would make it call any of
 * them, which is slow.
 *
 * @param {number} index
 * @returns {(decide: Deciding['decide'], step: number, end: number) => number}
 */
function createLoop(index) {
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
function createRepetition(index) {
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
