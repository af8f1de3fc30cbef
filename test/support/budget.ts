// The number of runs of expensive properties. NHIPOL_TIMES multiplies all of them: by default a fortieth, with which
// the planted bugs are detected; `npm run test:full` uses 1, and longer runs more.

export const times = Number(process.env.NHIPOL_TIMES ?? 1 / 40);

/** Whether all runs are wanted: tests of the generators themselves run then only, as no change of the product affects them. */
export const isFull = times >= 1;

/** Returns `count` times the factor, but at least `min` (or `count`, if it is smaller). */
export function runs(count: number, min = 5): number {
  return Math.max(Math.min(count, min), Math.ceil(count * times));
}

/** The rows of a table that are tried: all with all runs, otherwise `count` that are evenly distributed. */
export function chooseRows<T>(rows: readonly T[], count: number): readonly T[] {
  const step = isFull ? 1 : Math.max(1, Math.floor(rows.length / count));
  return rows.filter((_, at) => at % step === 0);
}

/** Returns how often something must occur that occurs more than `count` times with all runs. */
export function share(count: number): number {
  return Math.floor(count * Math.min(1, times));
}
