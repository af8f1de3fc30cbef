// The number of runs of expensive properties. NHIPOL_TIMES multiplies all of them: by default a sixth, which suffices
// for what is often wrong; `npm run test:full` uses 1, and longer runs more.

export const times = Number(process.env.NHIPOL_TIMES ?? 1 / 6);

/** Returns `count` times the factor, but at least `min` (or `count`, if it is smaller). */
export function runs(count: number, min = 5): number {
  return Math.max(Math.min(count, min), Math.ceil(count * times));
}

/** Returns how often something must occur that occurs more than `count` times with all runs. */
export function share(count: number): number {
  return Math.floor(count * Math.min(1, times));
}
