// Monotonicity: for each member whose type has an order, and for each set, whether more of it, or less of it, never
// loosens an answer. Nothing else of the request changes.

import type { PolicyModel } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { SymbolicDecision } from '../decision/decision.ts';
import { isLoosened } from '../decision/loosening.ts';
import { isObservation, Shifts } from '../facts/shifts.ts';
import type { Literal } from '../formula/formula.ts';
import type { Verdict } from '../prover.ts';
import { createProver, type ProvingOptions, runBounded } from '../provers.ts';
import { mapGoals, selectSecond } from './both.ts';
import type { Claim, ClaimSet, Shown } from './claim.ts';
import { decideEach } from './decide-each.ts';
import { areLoosened } from './missing-data.ts';

interface Directed {
  /** Such as `context.risk.level`. */
  readonly path: string;
  readonly type: Type;
  /** That more of it never loosens an answer, and that less does not. */
  readonly up: Claim;
  readonly down: Claim;
}

export interface MonotoneSet extends ClaimSet {
  /** The members that rules read, in the order in which they are read. */
  readonly members: readonly Directed[];
}

export interface Monotone {
  readonly path: string;
  readonly type: Type;
  readonly up: Verdict<Shown>;
  readonly down: Verdict<Shown>;
}

export function createMonotoneSet(policy: PolicyModel, options: ProvingOptions): MonotoneSet {
  return runBounded(options, (boundedOptions) => createSet(policy, boundedOptions));
}

function createSet(policy: PolicyModel, options: ProvingOptions): MonotoneSet {
  const made: Shifts[] = [];
  const prover = createProver([policy], [], options, (facts) => {
    const shifts = new Shifts(facts);
    made.push(shifts);
    return shifts;
  });
  const [shifts] = made as [Shifts];
  const [first, second] = prover.decisions as readonly [SymbolicDecision, SymbolicDecision];
  const { formula } = prover;
  const loosened = isLoosened(first, second);
  const literals = [...shifts.paths.values()].flatMap(({ up, down }) => [up, down]);
  const createClaim = (change: string, moved: Literal): Claim => ({
    name: `${change} never loosens`,
    invariant: undefined,
    goal: formula.and(
      loosened,
      ...literals.flatMap((literal) => (literal === moved ? [] : [-literal])),
    ),
    isViolated: areLoosened,
  });
  const members = [...shifts.paths].map(([path, { type, up, down }]): Directed => {
    const [more, less] = nameDirections(path, type);
    return {
      path,
      type,
      up: createClaim(`${more} ${path}`, up),
      down: createClaim(`${less} ${path}`, down),
    };
  });
  const counterpart = selectSecond(options, (secondOptions) => {
    const other = createMonotoneSet(policy, secondOptions);
    return { prover: other.prover, goals: mapGoals(other.claims) };
  });
  return {
    prover,
    members,
    claims: members.flatMap(({ up, down }) => [up, down]),
    second: counterpart,
  };
}

export function listMonotonicity({ members, claims, ...set }: MonotoneSet): readonly Monotone[] {
  const verdicts = decideEach(set, claims);
  return members.map(({ path, type }, index): Monotone => {
    const [up, down] = verdicts.slice(2 * index, 2 * index + 2);
    return { path, type, up: up as Verdict<Shown>, down: down as Verdict<Shown> };
  });
}

/** The words for more and for less of a member. */
export function nameDirections(path: string, { kind }: Type): readonly [string, string] {
  if (isObservation(path)) return ['newer', 'older'];
  if (kind === 'Timestamp') return ['later', 'earlier'];
  return kind === 'Set' ? ['more', 'fewer'] : ['higher', 'lower'];
}
