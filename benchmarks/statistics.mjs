// What many measurements of one thing come to.

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} min
 * @property {number} lower The quartile below.
 * @property {number} upper The quartile above.
 */

/** @param {readonly number[]} taken At least one. @returns {Summary} */
export function summarise(taken) {
  const sorted = [...taken].sort((one, other) => one - other);
  const quantile = (/** @type {number} */ part) =>
    /** @type {number} */ (sorted[Math.round(part * (sorted.length - 1))]);
  return { median: quantile(0.5), min: quantile(0), lower: quantile(0.25), upper: quantile(0.75) };
}
