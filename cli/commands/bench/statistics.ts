// Summary statistics of repeated measurements.

export interface TimingSummary {
  readonly median: number;
  readonly min: number;
  /** The lower and the upper quartile. */
  readonly lower: number;
  readonly upper: number;
}

/** Summarizes at least one measurement. */
export function summarise(measurements: readonly number[]): TimingSummary {
  const sorted = [...measurements].sort((one, other) => one - other);
  const quantile = (part: number) => sorted[Math.round(part * (sorted.length - 1))] as number;
  return { median: quantile(0.5), min: quantile(0), lower: quantile(0.25), upper: quantile(0.75) };
}
