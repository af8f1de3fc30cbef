// Decides all claims and all mutants of an example: by proofs, and by tests where only a session shows a difference.

import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { SourceMap } from '@nhipol/language/support';
import { compareDecisions, type Verdict } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { MutationTrial, operators as mutationOperators } from '@nhipol/testing/mutation';
import { prove } from '../../../assurance/proving/claims/prove.ts';
import type { Construct } from '../../../assurance/proving/facts/constructs.ts';
import type { Undecided } from '../../../assurance/proving/prover.ts';

export interface DecidedClaim {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly verdict: 'proved' | 'proved outside of sessions' | 'refuted' | 'not proved';
  /** The constructs that prevent a proof. */
  readonly because: readonly Construct[];
}

/** The number of mutants by what decides them. */
interface DecidedMutants {
  readonly total: number;
  /** A proof for all requests and histories. */
  readonly equal: number;
  /** A request that the evaluator confirmed. */
  readonly differ: number;
  /** Equal outside of sessions, and a test or a session shows the difference in one; or the proof is about histories. */
  readonly inSessions: number;
  readonly undecided: number;
  /** For how many mutants a construct prevented a proof. */
  readonly because: ReadonlyMap<Construct, number>;
}

export interface DecidedExample {
  readonly name: string;
  readonly claims: readonly DecidedClaim[];
  readonly mutants: DecidedMutants;
}

const options = () => ({ effort: 20_000, random: createRandomNumbers(1) });

export function decideExample(path: string, sources: SourceMap): DecidedExample {
  const { policy } = check(path, sources);
  if (policy === undefined) throw new Error(`${path} has errors`);
  const name = path.split('/').at(-2) ?? path;
  return { name, claims: decideClaims(policy), mutants: decideMutants(path, sources, policy) };
}

function decideClaims(policy: PolicyModel): readonly DecidedClaim[] {
  return prove(policy, options()).map(({ claim, verdict }) => ({
    name: claim.name,
    isBuiltIn: claim.invariant === undefined,
    verdict: describeVerdict(verdict),
    because: verdict.kind === 'undecided' ? listConstructs(verdict) : [],
  }));
}

function describeVerdict(verdict: Verdict): DecidedClaim['verdict'] {
  if (verdict.kind === 'refuted') return 'refuted';
  if (verdict.kind === 'undecided') return 'not proved';
  return verdict.assumptions.inSessions ? 'proved' : 'proved outside of sessions';
}

function listConstructs({ because }: Pick<Undecided, 'because'>): readonly Construct[] {
  return [...new Set(because.map(({ construct }) => construct))];
}

function decideMutants(path: string, sources: SourceMap, policy: PolicyModel): DecidedMutants {
  const trial = new MutationTrial(path, sources, policy, { samples: 100, seed: 1 });
  const because = new Map<Construct, number>();
  let [total, equal, differ, inSessions, undecided] = [0, 0, 0, 0, 0];
  for (const mutant of trial.mutants(mutationOperators)) {
    const text = trial.getMutantSource(mutant);
    const { policy: changed } = check(path, new Map([...sources, [mutant.span.file, text]]));
    if (changed === undefined) continue;
    total += 1;
    const found = compareDecisions(policy, changed, options());
    const words = found.map(({ verdict }) => describeVerdict(verdict));
    if (words.includes('refuted')) differ += 1;
    else if (words.every((each) => each === 'proved')) equal += 1;
    else {
      const constructs = new Set(
        found.flatMap(({ verdict }) =>
          verdict.kind === 'undecided' ? listConstructs(verdict) : ['history' as const],
        ),
      );
      for (const each of constructs) because.set(each, (because.get(each) ?? 0) + 1);
      const { kind } = trial.try(mutant);
      if (kind === 'undecided') undecided += 1;
      else inSessions += 1;
    }
  }
  return { total, equal, differ, inSessions, undecided, because };
}
