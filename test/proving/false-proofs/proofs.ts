// Decides the claims about a generated policy: its own, those about changes of one member, and those about two versions. A
// claim is called proved if both provers prove it; the prover by lemmas is the faster one for small policies.

import { type ClaimSet, memberSetsOf, ownSet } from '../../../proving/claims/claims.ts';
import { compareDecisions, type DifferenceKind } from '../../../proving/claims/compare.ts';
import { proveClaim } from '../../../proving/claims/prove.ts';
import { isProvedEverywhere, type Verdict } from '../../../proving/prover.ts';
import type { Means, ProvingOptions } from '../../../proving/provers.ts';
import { random } from '../../../testing/generate/random.ts';
import type { Material } from './material.ts';
import type { WrittenPolicy } from './written.ts';

export interface Proofs {
  /** The names of the claims that are proved. */
  readonly own: ReadonlySet<string>;
  readonly changes: ReadonlySet<string>;
  readonly differences: ReadonlySet<DifferenceKind>;
  readonly counts: Counts;
}

export interface Counts {
  claims: number;
  proved: number;
  refuted: number;
  /** The claims that are neither. */
  undecided: number;
  /** Not proved, by construct; a claim can have several. */
  readonly open: Map<string, number>;
  /** Not proved by lemmas, but by lists, by construct; if all claims are decided by lists as well. */
  readonly lost: Map<string, number>;
}

export function noCounts(): Counts {
  return { claims: 0, proved: 0, refuted: 0, undecided: 0, open: new Map(), lost: new Map() };
}

/** The effort is small, since a claim that needs more is one of many. */
const effort = 2_000;

/** The verdicts about claims by their names. */
type Decide = (by: Means) => Iterable<readonly [name: string, verdict: () => Verdict]>;

export interface ProofOptions {
  readonly seed: number;
  /** Also asks the prover by lists about what the other one does not prove, which takes longer. */
  readonly countsLost: boolean;
}

export function proofsOf(
  { hasHistory }: Material,
  { policy, changed }: WrittenPolicy,
  { seed, countsLost }: ProofOptions,
): Proofs {
  const counts = noCounts();
  const options = (by: Means): ProvingOptions => ({ effort, random: random(seed), by });
  const claimsIn = (set: ClaimSet) =>
    set.claims.map((claim) => [claim.name, () => proveClaim(set, claim).verdict] as const);
  const proved = (decide: Decide) => provedBy(decide, counts, countsLost);
  const own = proved((by) => {
    const set = ownSet(policy, options(by));
    return claimsIn({ ...set, refuteInSession: () => undefined });
  });
  // Pairs and versions are about the rules only, and histories are claims of their own.
  if (hasHistory) return { own, changes: new Set(), differences: new Set(), counts };
  const alone = { ...policy, invariants: [] };
  const changes = proved((by) => memberSetsOf(alone, options(by)).flatMap(claimsIn));
  const differences = proved((by) =>
    compareDecisions(alone, changed, options(by)).map(({ kind, verdict }) => [kind, () => verdict]),
  );
  return { own, changes, differences: differences as ReadonlySet<DifferenceKind>, counts };
}

/** The names of the claims that both provers prove, for any session. */
function provedBy(decide: Decide, counts: Counts, countsLost: boolean): ReadonlySet<string> {
  let lists: ReadonlyMap<string, () => Verdict> | undefined;
  const isListed = (name: string): boolean => {
    lists ??= new Map(decide('lists'));
    const verdict = lists.get(name)?.();
    return verdict !== undefined && isProvedEverywhere(verdict);
  };
  const found = new Set<string>();
  for (const [name, verdictOf] of decide('lemmas')) {
    const verdict = verdictOf();
    counts.claims += 1;
    const isProved = isProvedEverywhere(verdict);
    if (isProved && isListed(name)) {
      counts.proved += 1;
      found.add(name);
    } else if (verdict.kind === 'refuted') counts.refuted += 1;
    else {
      counts.undecided += 1;
      addOpen(counts.open, isProved ? ['lists'] : constructsOf(verdict));
      if (countsLost && !isProved && isListed(name)) addOpen(counts.lost, constructsOf(verdict));
    }
  }
  return found;
}

function addOpen(open: Map<string, number>, constructs: readonly string[]): void {
  for (const each of constructs) open.set(each, (open.get(each) ?? 0) + 1);
}

function constructsOf(verdict: Verdict): readonly string[] {
  if (verdict.kind !== 'undecided') return ['history'];
  const found = new Set(verdict.because.map(({ construct }) => construct));
  return found.size === 0 ? ['lemmas'] : [...found];
}
