// Counts of claims and of what was evaluated for them.

export interface Counts {
  claims: number;
  /** Proved, and searched as often as wanted. */
  proved: number;
  /** Proved, but few requests or pairs apply to them. */
  unsearched: number;
  refuted: number;
  /** The claims that are neither. */
  undecided: number;
  /** Not proved, by construct; a claim can have several. */
  readonly open: Map<string, number>;
  /** Not proved by lemmas, but by lists, by construct; if all claims are decided by lists as well. */
  readonly lost: Map<string, number>;
  /** The sum of the requests, pairs or sessions that were evaluated for each proved claim. */
  evaluations: number;
  /** Those of them that violate the claim but for one condition. */
  near: number;
  /** The proved claims for which there is none. */
  farAway: number;
}

export function noCounts(): Counts {
  return {
    claims: 0,
    proved: 0,
    unsearched: 0,
    refuted: 0,
    undecided: 0,
    open: new Map(),
    lost: new Map(),
    evaluations: 0,
    near: 0,
    farAway: 0,
  };
}

export function addCounts(totals: Counts, counts: Counts): void {
  for (const key of ['claims', 'proved', 'unsearched', 'refuted', 'undecided'] as const)
    totals[key] += counts[key];
  for (const key of ['evaluations', 'near', 'farAway'] as const) totals[key] += counts[key];
  for (const [all, own] of [
    [totals.open, counts.open],
    [totals.lost, counts.lost],
  ] as const)
    for (const [name, count] of own) all.set(name, (all.get(name) ?? 0) + count);
}
