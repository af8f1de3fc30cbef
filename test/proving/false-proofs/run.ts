// Makes policies from a seed, decides their claims, and searches for what violates the proved ones. A round has one policy
// of each material, and the next round the next seed.

import { assembleAt } from '../../../cli/engines/assemble.ts';
import type { Policy } from '../../../language/index.ts';
import { Dice, random } from '../../../testing/generate/random.ts';
import { type Ask, modules } from '../../support/engines.ts';
import type { Material } from './material.ts';
import { materials } from './materials/all.ts';
import { type Counts, noCounts, type ProofOptions, type Proofs, proofsOf } from './proofs.ts';
import { searchFor, type Violation } from './search.ts';
import { type WrittenPolicy, write } from './written.ts';

export interface Totals extends Counts {
  requests: number;
  pairs: number;
  /** The sum of the requests that were searched for each proved claim. */
  perClaim: number;
  readonly byMaterial: Map<string, Counts>;
  violation: Violation | undefined;
}

export function noTotals(): Totals {
  return {
    ...noCounts(),
    requests: 0,
    pairs: 0,
    perClaim: 0,
    byMaterial: new Map(),
    violation: undefined,
  };
}

export interface RoundOptions {
  readonly seed: number;
  /** The number of invariants of each policy. */
  readonly claims: number;
  /** The number of requests for each claim. */
  readonly requests: number;
  readonly materials?: readonly Material[];
  /** Default: their modules. */
  readonly engines?: (policies: readonly Policy[]) => Promise<readonly Ask[]>;
  /** See `ProofOptions`; default: false. */
  readonly countsLost?: boolean;
  /** Decides the claims; default: the prover. */
  readonly prove?: (material: Material, written: WrittenPolicy, options: ProofOptions) => Proofs;
}

/** Adds one round to the totals; stops at the first violation. */
export async function addRound(totals: Totals, options: RoundOptions): Promise<void> {
  const { seed, claims, requests, engines = compiledModules, prove = proofsOf } = options;
  const { countsLost = false } = options;
  const dice = new Dice(random(seed));
  const all = (options.materials ?? materials).map((material) => {
    const written = write(material, claims, dice);
    return { material, written, proofs: prove(material, written, { seed, countsLost }) };
  });
  const compiled = await engines(
    all.flatMap(({ written: { policy, falsifier, changed } }) => [policy, falsifier, changed]),
  );
  for (const [index, { material, written, proofs }] of all.entries()) {
    const [policy, falsifier, changed] = compiled.slice(3 * index);
    if (policy === undefined || falsifier === undefined || changed === undefined)
      throw new Error('a module is missing');
    const own = { policy, falsifier, changed };
    const found = searchFor(material, written, own, proofs, { requests, seed });
    addCounts(totals, proofs.counts);
    const before = totals.byMaterial.get(material.name) ?? noCounts();
    totals.byMaterial.set(material.name, before);
    addCounts(before, proofs.counts);
    totals.requests += found.requests;
    totals.pairs += found.pairs;
    totals.perClaim += found.requests * proofs.counts.proved;
    totals.violation ??= found.violation;
    if (totals.violation !== undefined) return;
  }
}

/** Not optimized, since that takes longer than all requests. */
function compiledModules(policies: readonly Policy[]): Promise<readonly Ask[]> {
  return modules(policies, assembleAt(0));
}

function addCounts(totals: Counts, counts: Counts): void {
  totals.claims += counts.claims;
  totals.proved += counts.proved;
  totals.refuted += counts.refuted;
  totals.undecided += counts.undecided;
  for (const [all, own] of [
    [totals.open, counts.open],
    [totals.lost, counts.lost],
  ] as const)
    for (const [name, count] of own) all.set(name, (all.get(name) ?? 0) + count);
}
