// Summarizes pairs of measurements, each of a first and a second revision.

import { summarise } from '../dist/cli/commands/bench/statistics.js';
import { columns, nanoseconds } from './table.mjs';

/** @typedef {import('./measuring.mjs').Figure} Figure */
/** @typedef {import('../dist/cli/commands/bench/statistics.js').Summary} Summary */

/**
 * @typedef {object} Ratio
 * @property {string} way
 * @property {string} engine
 * @property {number} first The median in ns, like the next one.
 * @property {number} second
 * @property {Summary} ratio The ratio of the second to the first of each pair.
 */

/**
 * The ratio for each row; rows without a figure in one of the revisions are omitted.
 *
 * @param {readonly (readonly (readonly Figure[])[])[]} pairs
 * @returns {readonly Ratio[]}
 */
export function computeRatios(pairs) {
  const rows = pairs[0]?.[0] ?? [];
  return rows.flatMap(({ engine, way }, index) => {
    const figures = pairs.flatMap(([first, second]) => {
      const [one, other] = [first?.[index]?.ns, second?.[index]?.ns];
      return one && other ? [{ first: one.median, second: other.median }] : [];
    });
    if (figures.length === 0) return [];
    return {
      way,
      engine,
      first: summarise(figures.map(({ first }) => first)).median,
      second: summarise(figures.map(({ second }) => second)).median,
      ratio: summarise(figures.map(({ first, second }) => second / first)),
    };
  });
}

/**
 * Whether the second revision is slower than the limit. The lower quartile must be above 1 as well: a machine that is busy
 * in some of the pairs is not a finding.
 *
 * @param {Summary} ratio
 * @param {number} limit
 */
export function isSlower({ median, lower }, limit) {
  return median > limit && lower > 1;
}

/**
 * @param {string} title
 * @param {readonly string[]} revisions
 * @param {readonly Ratio[]} ratios
 */
export function comparison(title, revisions, ratios) {
  const header = ['way', 'engine', ...revisions, 'ratio', 'min', 'quartiles'];
  const rows = ratios.map(({ way, engine, first, second, ratio }) => [
    way,
    engine,
    nanoseconds(first),
    nanoseconds(second),
    ratio.median.toFixed(2),
    ratio.min.toFixed(2),
    `${ratio.lower.toFixed(2)}–${ratio.upper.toFixed(2)}`,
  ]);
  return `${title}\n\n${columns([header, ...rows], 2)}\n`;
}
