// Times rows in interleaved rounds, so that whatever slows the machine for a while slows all of them.
// Gives each row the median over its rounds, and how far they spread.

/** @typedef {import('./rows.mjs').Row} Row */

/** How long one row runs in one round, in ns. */
const roundLength = 20_000_000;
/** How often a prepared decision is asked for before the next one is prepared. */
const repetitions = 100;

/** What the decisions go into, so that none of them can be optimised away. */
let sink = 0;

/**
 * @param {readonly Row[]} rows
 * @param {number} count Requests.
 * @param {number} rounds
 * @returns {{ns: number, spread: number}[]} `spread`: between the quartiles, as a part of the median.
 */
export function time(rows, count, rounds) {
  const passes = rows.map((row) => {
    const passOver = row.prepare === undefined ? passOverAll : passOverPrepared;
    // The first passes also let the optimising compiler do its work.
    const started = process.hrtime.bigint();
    let warmed = 0;
    while (process.hrtime.bigint() - started < 4 * roundLength) {
      passOver(row, count);
      warmed += 1;
    }
    return { passOver, passes: Math.max(1, Math.round(warmed / 4)), row, taken: [] };
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const { passOver, passes: times, row, taken } of passes) {
      let sum = 0;
      for (let pass = 0; pass < times; pass += 1) sum += passOver(row, count);
      /** @type {number[]} */ (taken).push(sum / times);
    }
  }
  if (sink < 0) throw new Error('unreachable');
  return passes.map(({ taken }) => summarise(taken));
}

/**
 * Each request once.
 *
 * @param {Row} row
 * @param {number} count
 */
function passOverAll({ decide }, count) {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) if (decide(index)) sink += 1;
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
    for (let again = 0; again < repetitions; again += 1) if (decide(index)) sink += 1;
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
