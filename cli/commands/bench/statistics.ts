// What many measurements of one thing come to.

export interface Summary {
  readonly median: number;
  readonly min: number;
  /** The quartiles below and above. */
  readonly lower: number;
  readonly upper: number;
}

/** Of at least one. */
export function summarise(taken: readonly number[]): Summary {
  const sorted = [...taken].sort((one, other) => one - other);
  const quantile = (part: number) => sorted[Math.round(part * (sorted.length - 1))] as number;
  return { median: quantile(0.5), min: quantile(0), lower: quantile(0.25), upper: quantile(0.75) };
}
