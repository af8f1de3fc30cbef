// Proofs as JSON: the sources of the policy, and for each claim the verdict, with the steps of its certificate. Literals
// are numbered within the formula of their claim, so that the checker derives the formula again.

import type { Policy } from '../../language/index.ts';
import { relativePath } from '../../language/support/source.ts';
import type { Certificate, Step } from '../certificate/certificate.ts';
import type { Literal } from '../formula/formula.ts';
import type { Prover } from '../prover.ts';
import type { ClaimVerdict, DecidedSet } from './prove.ts';

export const proofFormat = 'nhipol-proof/1';

export interface Proof {
  readonly format: typeof proofFormat;
  readonly policy: { readonly name: string; readonly version: string };
  /** The path of the entry file in `sources`. */
  readonly entry: string;
  /** The texts of all files by path, relative to the folder of the entry file; also those of tests, without which the policy has errors. */
  readonly sources: Readonly<Record<string, string>>;
  readonly claims: readonly ProofClaim[];
}

export interface ProofClaim {
  readonly name: string;
  /** Whether every policy makes this claim, not only those that state it. */
  readonly isBuiltIn: boolean;
  readonly verdict: 'proved' | 'refuted' | 'undecided';
  /** Whether a proof holds in sessions, and the years in which windows were related to the clock. */
  readonly inSessions?: boolean;
  readonly years?: readonly number[];
  readonly steps?: readonly ProofStep[];
}

/** The literals of a clause; or of a lemma about a sum, with the factors of its inequalities. */
export type ProofStep =
  | readonly number[]
  | { readonly sum: readonly number[]; readonly by: readonly string[] };

/** The custom sections of a module with proofs, which no host needs. */
export const sourcesSection = 'nhipol.sources';
export const proofsSection = 'nhipol.proofs';

export function sectionsOf({ entry, sources, ...proofs }: Proof): ReadonlyMap<string, Uint8Array> {
  const bytes = (json: object) => new TextEncoder().encode(JSON.stringify(json));
  return new Map([
    [sourcesSection, bytes({ entry, sources })],
    [proofsSection, bytes(proofs)],
  ]);
}

/** `files`: the policy with all files that it names. */
export function proofOf(
  policy: Policy,
  files: { readonly entry: string; readonly sources: ReadonlyMap<string, string> },
  decided: readonly DecidedSet[],
): Proof {
  return {
    format: proofFormat,
    policy: { name: policy.name, version: policy.version },
    entry: relativePath(files.entry, files.entry),
    sources: Object.fromEntries(
      [...files.sources].map(([path, text]) => [relativePath(files.entry, path), text]),
    ),
    claims: decided.flatMap(({ prover, verdicts }) =>
      verdicts.map((each) => claimOf(prover, each)),
    ),
  };
}

function claimOf(prover: Prover, { claim, verdict }: ClaimVerdict): ProofClaim {
  const { name, goal, invariant } = claim;
  const isBuiltIn = invariant === undefined;
  if (verdict.kind !== 'proved') return { name, isBuiltIn, verdict: verdict.kind };
  const { inSessions, years } = verdict.assumptions;
  const roots = prover.rootsOf(goal, verdict.assumptions);
  const cone = prover.formula.cone([...roots, ...prover.shared]);
  const index = new Map(cone.map((node, at) => [node, at + 1]));
  const local = (literal: Literal) => Math.sign(literal) * (index.get(Math.abs(literal)) ?? 0);
  const steps = verdict.certificate.map((step): ProofStep => {
    const literals = step.literals.map(local);
    return step.kind === 'clause' ? literals : { sum: literals, by: step.factors.map(String) };
  });
  return { name, isBuiltIn, verdict: 'proved', inSessions, years, steps };
}

/** The steps with the literals of the formula of a claim; undefined if a number is not one of its literals. */
export function certificateOf(
  { formula, shared }: Prover,
  roots: readonly Literal[],
  steps: readonly ProofStep[],
): Certificate | undefined {
  const cone = formula.cone([...roots, ...shared]);
  const certificate: Step[] = [];
  for (const step of steps) {
    const [locals, by] = 'sum' in step ? [step.sum, step.by] : [step, undefined];
    const literals = locals.map((local) => Math.sign(local) * (cone[Math.abs(local) - 1] ?? 0));
    if (literals.includes(0)) return undefined;
    certificate.push(
      by === undefined
        ? { kind: 'clause', literals }
        : { kind: 'sum', literals, factors: by.map(BigInt) },
    );
  }
  return certificate;
}
