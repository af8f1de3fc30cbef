// Missing data restricts: without a member that a request need not have, the answer is no less strict than with it and
// than `deny`, unless the policy explicitly states otherwise. Also the list of all members whose absence loosens an
// answer, which includes those exceptions.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { strictness } from '@nhipol/runtime/abi';
import type { SymbolicDecision } from '../decision/decision.ts';
import { isLoosened, listOptOuts } from '../decision/loosening.ts';
import { Omissions } from '../facts/omissions.ts';
import type { Literal } from '../formula/formula.ts';
import type { Prover, Verdict } from '../prover.ts';
import { createProver, type ProvingOptions, runBounded } from '../provers.ts';
import { mapGoals, selectSecond, toClaimKey } from './both.ts';
import type { Claim, ClaimSet, Shown } from './claim.ts';
import { decideEach } from './decide-each.ts';

export const missingDataClaim = 'missing data restricts';

export interface MissingDataSet extends ClaimSet {
  /** For each member that can be left out, the claim that its absence never loosens an answer. */
  readonly members: ReadonlyMap<string, Claim>;
}

export function createMissingDataSet(policy: PolicyModel, options: ProvingOptions): MissingDataSet {
  return runBounded(options, (boundedOptions) => createSet(policy, boundedOptions));
}

function createSet(policy: PolicyModel, options: ProvingOptions): MissingDataSet {
  const made: Omissions[] = [];
  const prover = createProver([policy], [], options, ({ encoding }) => {
    const omissions = new Omissions(encoding);
    made.push(omissions);
    return omissions;
  });
  const [omissions] = made as [Omissions];
  const [first, second] = prover.decisions as readonly [SymbolicDecision, SymbolicDecision];
  const { formula } = prover;
  const loosened = isLoosened(first, second);
  const paths = [...omissions.paths.keys()];
  const goals = paths.map((path) => formula.and(encodeOnly(prover, omissions, path), loosened));
  const violations = paths.map((path, index) =>
    formula.and(goals[index] as Literal, -formula.any(listOptOuts(first, second, path))),
  );
  const createBuiltInClaim = (name: string, goal: Literal): Claim => ({
    name,
    goal,
    invariant: undefined,
    isViolated: areLoosened,
  });
  const members = paths.map((path, index): [string, Claim] => [
    path,
    createBuiltInClaim(`missing ${path} never loosens`, goals[index] as Literal),
  ]);
  const claim = createBuiltInClaim(missingDataClaim, formula.any(violations));
  const counterpart = selectSecond(options, (secondOptions) => {
    const other = createMissingDataSet(policy, secondOptions);
    const goals = new Map(mapGoals([...other.members.values()]));
    // The claim is about all members: that of the other prover must be about the same.
    const [whole] = other.claims;
    if (whole !== undefined && paths.every((path) => other.members.has(path)))
      goals.set(toClaimKey(whole), whole.goal);
    return { prover: other.prover, goals };
  });
  return { prover, claims: [claim], members: new Map(members), second: counterpart };
}

/** Whether the second answer is less strict than the first one and than `deny`. */
export function areLoosened(
  _: readonly string[],
  [before, after]: readonly EvaluatedAnswer[],
): boolean {
  if (before === undefined || after === undefined) return false;
  const min = Math.min(strictness('deny'), strictness(before.effect));
  return strictness(after.effect) < min;
}

/** Where nothing but this path is left out. */
function encodeOnly({ formula }: Prover, omissions: Omissions, path: string): Literal {
  const others = [...omissions.paths].filter(([each]) => each !== path);
  return formula.all(others.map(([, literal]) => -literal));
}

export interface Omitted {
  readonly path: string;
  /** Whether its absence can loosen an answer: refuted if it can. */
  readonly verdict: Verdict<Shown>;
}

/**
 * Decides for each member whether its absence can loosen an answer. Those for which it cannot may also be absent
 * together: they can be left out one after the other, and no step loosens the answer.
 */
export function listOmissions({ members, ...set }: MissingDataSet): readonly Omitted[] {
  const verdicts = decideEach(set, [...members.values()]);
  return [...members.keys()].map(
    (path, index): Omitted => ({
      path,
      verdict: verdicts[index] as Verdict<Shown>,
    }),
  );
}
