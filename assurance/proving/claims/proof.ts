// Proofs as JSON: the sources of the policy, and for each claim the verdict, with the certificates of both provers.
// Literals of steps are numbered within the formula of their claim, so that the checker derives the formula again; lemmas
// say what they are about.

import type { PolicyModel } from '@nhipol/language/model';
import { formatRelativePath } from '@nhipol/language/support';
import type { Certificate, Step, TermLemma } from '../certificate/certificate.ts';
import {
  ContentReader,
  ContentWriter,
  type LemmaContent,
  type TermTable,
} from '../certificate/content.ts';
import type { Literal } from '../formula/formula.ts';
import type { Prover, ProverEvidence } from '../prover.ts';
import { findCounterpart } from './both.ts';
import type { ClaimVerdict, DecidedSet } from './prove.ts';

export const proofFormat = 'nhipol-proof/2';

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
  /** The proofs of a proved claim by lists of values and by lemmas. */
  readonly lists?: ListProof;
  readonly lemmas?: LemmaProof;
}

export interface ListProof {
  /** Whether the proof holds in sessions, and the years in which windows were related to the clock. */
  readonly inSessions: boolean;
  readonly years: readonly number[];
  readonly steps: readonly ProofStep[];
}

export interface LemmaProof extends ListProof {
  /** The terms that the lemmas are about. */
  readonly terms: TermTable;
  readonly lemmas: readonly LemmaContent[];
}

/** The literals of a clause; or of a lemma about a sum, with the factors of its inequalities. */
export type ProofStep =
  | readonly number[]
  | { readonly sum: readonly number[]; readonly by: readonly string[] };

/** The custom sections of a module with proofs, which no host needs. */
export const sourcesSection = 'nhipol.sources';
export const proofsSection = 'nhipol.proofs';

export function createSections({
  entry,
  sources,
  ...proofs
}: Proof): ReadonlyMap<string, Uint8Array> {
  const bytes = (json: object) => new TextEncoder().encode(JSON.stringify(json));
  return new Map([
    [sourcesSection, bytes({ entry, sources })],
    [proofsSection, bytes(proofs)],
  ]);
}

/** `files`: the policy with all files that it names. */
export function createProof(
  policy: PolicyModel,
  files: { readonly entry: string; readonly sources: ReadonlyMap<string, string> },
  decidedSets: readonly DecidedSet[],
): Proof {
  return {
    format: proofFormat,
    policy: { name: policy.name, version: policy.version },
    entry: formatRelativePath(files.entry, files.entry),
    sources: Object.fromEntries(
      [...files.sources].map(([path, text]) => [formatRelativePath(files.entry, path), text]),
    ),
    claims: decidedSets.flatMap((set) => set.verdicts.map((verdict) => createClaim(set, verdict))),
  };
}

function createClaim({ prover, second }: DecidedSet, { claim, verdict }: ClaimVerdict): ProofClaim {
  const { name, goal, invariant } = claim;
  const isBuiltIn = invariant === undefined;
  if (verdict.kind !== 'proved') return { name, isBuiltIn, verdict: verdict.kind };
  const { lists = verdict, lemmas } = verdict.parts ?? {};
  const proved = { name, isBuiltIn, verdict: verdict.kind, lists: listProof(prover, goal, lists) };
  const counterpart = findCounterpart(second, claim);
  if (lemmas === undefined || counterpart === undefined) return proved;
  return { ...proved, lemmas: createLemmaProof(counterpart.prover, counterpart.goal, lemmas) };
}

function listProof(
  prover: Prover,
  goal: Literal,
  { assumptions, certificate }: ProverEvidence,
): ListProof {
  const { inSessions, years } = assumptions;
  const lemmas = certificate.filter(isLemma);
  const nodes = listNodes(prover, prover.listRoots(goal, assumptions), lemmas);
  const index = new Map(nodes.map((node, at) => [node, at + 1]));
  const local = (literal: Literal) => {
    const number = index.get(Math.abs(literal));
    if (number === undefined) throw new Error(`broken invariant: no step is about ${literal}`);
    return Math.sign(literal) * number;
  };
  const steps = certificate.flatMap((step): readonly ProofStep[] => {
    if (step.kind === 'lemma') return [];
    const literals = step.literals.map(local);
    return step.kind === 'clause' ? [literals] : [{ sum: literals, by: step.factors.map(String) }];
  });
  return { inSessions, years, steps };
}

function createLemmaProof(prover: Prover, goal: Literal, evidence: ProverEvidence): LemmaProof {
  const writer = new ContentWriter(prover.encoding.terms);
  const lemmas = evidence.certificate.filter(isLemma).map((lemma) => writer.lemma(lemma));
  const { inSessions, years, steps } = listProof(prover, goal, evidence);
  return { inSessions, years, terms: writer.table, lemmas, steps };
}

function isLemma(step: Step): step is TermLemma {
  return step.kind === 'lemma';
}

/** The nodes that steps can be about: those of the formula, then those that only lemmas are about. */
function listNodes(
  { formula, shared }: Prover,
  roots: readonly Literal[],
  lemmas: readonly TermLemma[],
): readonly number[] {
  const nodes = new Set(formula.cone([...roots, ...shared]));
  for (const { literals } of lemmas) for (const literal of literals) nodes.add(Math.abs(literal));
  return [...nodes];
}

/** The certificate about the formula of a claim, or `undefined` if it is about another formula. `about`: its lemmas. */
export function createCertificate(
  prover: Prover,
  roots: readonly Literal[],
  proofSteps: readonly ProofStep[],
  about: Pick<LemmaProof, 'terms' | 'lemmas'> = { terms: {}, lemmas: [] },
): Certificate | undefined {
  const lemmas = new ContentReader(prover.encoding.terms).lemmas(about.terms, about.lemmas);
  if (lemmas === undefined) return undefined;
  const nodes = listNodes(prover, roots, lemmas);
  const certificate: Step[] = [...lemmas];
  for (const step of proofSteps) {
    const [locals, by] = 'sum' in step ? [step.sum, step.by] : [step, undefined];
    const literals = locals.map((local) => Math.sign(local) * (nodes[Math.abs(local) - 1] ?? 0));
    if (literals.includes(0)) return undefined;
    certificate.push(
      by === undefined
        ? { kind: 'clause', literals }
        : { kind: 'sum', literals, factors: by.map(BigInt) },
    );
  }
  return certificate;
}
