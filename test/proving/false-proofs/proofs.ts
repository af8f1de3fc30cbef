// Decides the claims about a generated policy: its own, those about changes of one member, and those about two versions. A
// claim is called proved if both provers prove it; the prover by lemmas is the faster one for small policies, so that lists
// decide what it proves only. Claims are decided in groups that are
// about few conditions, since formulas about many are slow.

import {
  type ClaimSet,
  compareAnswers,
  createRequestSet,
  type DifferenceKind,
  isProvedEverywhere,
  listMemberSets,
  proveClaim,
  type SymbolicDecision,
  type Verdict,
} from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import type { Claim } from '../../../assurance/proving/claims/claim.ts';
import { buildDifferenceGoals } from '../../../assurance/proving/claims/compare.ts';
import { decideEach } from '../../../assurance/proving/claims/decide-each.ts';
import {
  createProver,
  type Means,
  type ProvingOptions,
  runBounded,
} from '../../../assurance/proving/provers.ts';
import type { Written } from './claims.ts';
import { type Counts, noCounts } from './counts.ts';
import { runLimited } from './limited.ts';
import type { Material } from './material.ts';
import type { WrittenPolicy } from './written.ts';

export interface Proofs {
  /** The names of the claims that are proved. */
  readonly own: ReadonlySet<string>;
  readonly changes: ReadonlySet<string>;
  readonly differences: ReadonlySet<DifferenceKind>;
  readonly counts: Counts;
}

/** The effort is small, since a claim that needs more is one of many. */
const effort = 2_000;
/** Milliseconds of processor time for one claim, and for the formula of a group or all of it; what takes more is not decided. */
const [limit, limitOfGroup] = [100, 250];
/** The claims of a group that may take too long, before the others count as such as well. */
const maxSlow = 2;

export interface ProofOptions {
  readonly seed: number;
  /** Also asks the prover by lists about what the other one does not prove, which takes longer. */
  readonly countsLost: boolean;
  /** Whether claims about pairs of requests are decided, which take more evaluations; default: true. */
  readonly hasPairs?: boolean;
}

/** Verdicts by the names of claims, or `undefined` for a claim that takes too long. */
type Verdicts = ReadonlyMap<string, Verdict | undefined>;

/** Decides claims, by one prover. */
type Decide = (names: readonly string[], by: Means) => Verdicts;

/** The kinds that the generated policies can have: they have no constraints and no obligations. */
const kinds = ['looser', 'stricter', 'reasons'] as const;

export function proveClaims(
  { hasHistory }: Material,
  { policy, changed, claims }: WrittenPolicy,
  { seed, countsLost, hasPairs = true }: ProofOptions,
): Proofs {
  const counts = noCounts();
  const options = (by: Means): ProvingOptions => ({
    effort,
    random: createRandomNumbers(seed),
    by,
  });
  const prove = (names: readonly string[], decide: Decide) =>
    proveBoth(names, decide, counts, countsLost);
  const own = new Set<string>();
  for (const [group, names] of groupNames(claims)) {
    // A condition says the same without rules, and formulas are smaller.
    const rules = group === 0 ? policy.rules : [];
    const proved = prove(names, (asked, by) => {
      const invariants = policy.invariants.filter(({ name }) => asked.includes(name));
      // Sessions that refute a claim are not searched for.
      const createSet = (): ClaimSet => {
        const { refuteInSession: _, ...set } = createRequestSet(
          { ...policy, rules, invariants },
          options(by),
        );
        return set;
      };
      return decideClaims(createSet, asked, by === 'lists' && hasHistory !== true);
    });
    for (const name of proved) own.add(name);
  }
  // Pairs and versions are about the rules only, and histories are claims of their own.
  if (hasHistory) return { own, changes: new Set(), differences: new Set(), counts };
  const alone = { ...policy, invariants: [] };
  const changes = hasPairs
    ? proveMembers((by) => listMemberSets(alone, options(by)), prove)
    : new Set<string>();
  const differences = prove(kinds, (names, by) =>
    decideClaims(
      () => runBounded(options(by), (own) => createDifferenceSet(alone, changed, own)),
      names,
      false,
    ),
  );
  return { own, changes, differences: differences as ReadonlySet<DifferenceKind>, counts };
}

type Prove = (names: readonly string[], decide: Decide) => ReadonlySet<string>;

function proveMembers(made: (by: Means) => readonly ClaimSet[], prove: Prove): ReadonlySet<string> {
  const sets = runLimited(limitOfGroup, () => made('lemmas')) ?? [];
  const proved = sets.flatMap(({ claims }, index) => {
    const names = claims.map(({ name }) => name);
    return [...prove(names, (own, by) => decideClaims(() => made(by)[index], own, by === 'lists'))];
  });
  return new Set(proved);
}

/** Differences as claims. */
function createDifferenceSet(
  before: WrittenPolicy['policy'],
  after: WrittenPolicy['policy'],
  options: ProvingOptions,
): ClaimSet {
  const prover = createProver([before, after], [], options);
  const goals = buildDifferenceGoals(
    ...(prover.decisions as readonly [SymbolicDecision, SymbolicDecision]),
  );
  const claims = kinds.map(
    (kind): Claim => ({
      name: kind,
      invariant: undefined,
      goal: goals[kind],
      isViolated: (_, [old, now]) =>
        old !== undefined && now !== undefined && compareAnswers(old, now) === kind,
    }),
  );
  return { prover, claims, second: undefined };
}

/** The verdicts about claims of a set, one by one or, if nearly all are expected to be proved, together. */
function decideClaims(
  make: () => ClaimSet | undefined,
  names: readonly string[],
  areTogether: boolean,
): Verdicts {
  const verdicts = new Map<string, Verdict | undefined>();
  const own = ({ claims }: ClaimSet) => claims.filter(({ name }) => names.includes(name));
  const together = areTogether
    ? runLimited(limitOfGroup, () => {
        const set = make();
        const all = set === undefined ? [] : own(set);
        const decided = set === undefined ? [] : decideEach(set, all);
        return all.map(({ name }, index) => [name, decided[index]] as const);
      })
    : undefined;
  if (together !== undefined) return new Map(together);
  let set: ClaimSet | undefined;
  let slow = 0;
  for (const name of names) {
    if (slow > maxSlow) break;
    verdicts.set(
      name,
      runLimited(limit, () => {
        set ??= make();
        const claim = set && own(set).find((each) => each.name === name);
        return set && claim && proveClaim(set, claim).verdict;
      }),
    );
    if (verdicts.get(name) !== undefined) continue;
    // A prover that was interrupted is of no use.
    set = undefined;
    slow += 1;
  }
  return verdicts;
}

/** The names of the claims that both provers prove, for any session. */
function proveBoth(
  names: readonly string[],
  decide: Decide,
  counts: Counts,
  countsLost: boolean,
): ReadonlySet<string> {
  const byLemmas = decide(names, 'lemmas');
  const isProved = (verdict: Verdict | undefined) =>
    verdict !== undefined && isProvedEverywhere(verdict);
  const asked = names.filter((name) => countsLost || isProved(byLemmas.get(name)));
  const byLists: Verdicts = asked.length === 0 ? new Map() : decide(asked, 'lists');
  const found = new Set<string>();
  for (const name of names) {
    counts.claims += 1;
    const [lemmas, lists] = [byLemmas.get(name), byLists.get(name)];
    if (isProved(lemmas) && isProved(lists)) {
      counts.proved += 1;
      found.add(name);
    } else if (lemmas?.kind === 'refuted') counts.refuted += 1;
    else {
      counts.undecided += 1;
      addAll(counts.open, isProved(lemmas) ? ['lists'] : listConstructs(lemmas));
      if (isProved(lists)) addAll(counts.lost, listConstructs(lemmas));
    }
  }
  return found;
}

/** The names of claims by their groups. */
function groupNames(claims: readonly Written[]): ReadonlyMap<number, readonly string[]> {
  const groups = new Map<number, string[]>();
  for (const { group, name } of claims) groups.set(group, [...(groups.get(group) ?? []), name]);
  return groups;
}

function addAll(found: Map<string, number>, names: readonly string[]): void {
  for (const each of names) found.set(each, (found.get(each) ?? 0) + 1);
}

function listConstructs(verdict: Verdict | undefined): readonly string[] {
  if (verdict === undefined) return ['time'];
  if (verdict.kind !== 'undecided') return ['history'];
  const found = new Set(verdict.because.map(({ construct }) => construct));
  return found.size === 0 ? ['lemmas'] : [...found];
}
