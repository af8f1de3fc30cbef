// Times rows in interleaved rounds, so that whatever slows the machine for a while slows all of them.
// Gives each row the median over its rounds, and how far they spread.

/** @typedef {import('./rows.mjs').Row} Row */

/** How long one row runs in one round, in ms. */
const roundLength = 20;
/** How often a prepared decision is asked for before the next one is prepared. */
const repetitions = 100;

/** How often the answer was yes: what is counted for all to see cannot be optimised away. */
export let permits = 0;

/**
 * @param {readonly Row[]} rows
 * @param {number} count Requests.
 * @param {number} rounds
 * @returns {{ns: number, spread: number}[]} `spread`: between the quartiles, as a part of the median.
 */
export function time(rows, count, rounds) {
  const runs = rows.map((row) => {
    const pass = row.prepare === undefined ? passOverAll : passOverPrepared;
    return { row, pass, passes: warmUp(row, pass, count), taken: /** @type {number[]} */ ([]) };
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const { row, pass, passes, taken } of runs) {
      let sum = 0;
      for (let at = 0; at < passes; at += 1) sum += pass(row, count);
      taken.push(sum / passes);
    }
  }
  return runs.map(({ taken }) => summarise(taken));
}

/**
 * Lets the optimising compiler do its work, and tells how many passes fill a round.
 *
 * @param {Row} row
 * @param {(row: Row, count: number) => number} pass
 * @param {number} count
 */
function warmUp(row, pass, count) {
  const warmRounds = 4;
  const end = performance.now() + warmRounds * roundLength;
  let passes = 0;
  while (performance.now() < end) {
    pass(row, count);
    passes += 1;
  }
  return Math.ceil(passes / warmRounds);
}

/**
 * Each request once.
 *
 * @param {Row} row
 * @param {number} count
 */
function passOverAll({ decide }, count) {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) if (decide(index)) permits += 1;
  return ((performance.now() - started) * 1e6) / count;
}

/**
 * A part of the requests, each prepared and then decided many times.
 *
 * @param {Row} row
 * @param {number} count
 */
function passOverPrepared({ decide, prepare }, count) {
  const step = Math.max(1, Math.floor(count / 100));
  let [elapsed, decisions] = [0, 0];
  for (let index = 0; index < count; index += step) {
    prepare?.(index);
    const started = performance.now();
    for (let again = 0; again < repetitions; again += 1) if (decide(index)) permits += 1;
    elapsed += performance.now() - started;
    decisions += repetitions;
  }
  return (elapsed * 1e6) / decisions;
}

/** @param {readonly number[]} taken */
function summarise(taken) {
  const sorted = [...taken].sort((a, b) => a - b);
  const quantile = (/** @type {number} */ part) =>
    /** @type {number} */ (sorted[Math.round(part * (sorted.length - 1))]);
  const ns = quantile(0.5);
  return { ns, spread: (quantile(0.75) - quantile(0.25)) / ns };
}
