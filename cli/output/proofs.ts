// The verdicts of proofs as lines of text and as JSON, and files of their certificates.

import type { EvaluatedAnswer } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText, pluralize } from '@nhipol/language/support';
import {
  type ClaimVerdict,
  constructs,
  isProvedEverywhere,
  type Refuted,
  type Shown,
  type Verdict,
} from '@nhipol/proving';
import { type Counterexample, createProofCounterexample } from '@nhipol/testing';
import type { Colors } from '../io/console.ts';

/** A verdict by a name: a proof that does not hold in every session has one of its own. */
export type VerdictName = 'proved' | 'proved outside of sessions' | 'refuted' | 'not proved';

export function nameVerdict(verdict: Verdict): VerdictName {
  if (verdict.kind === 'refuted') return 'refuted';
  if (verdict.kind === 'undecided') return 'not proved';
  return isProvedEverywhere(verdict) ? 'proved' : 'proved outside of sessions';
}

/** How a claim was decided, after its name. */
function describeProof({ verdict }: ClaimVerdict): string {
  if (verdict.kind !== 'proved') return nameVerdict(verdict);
  const isEverywhere = isProvedEverywhere(verdict);
  const about = isEverywhere ? 'proved' : 'proved only for requests outside of sessions';
  return `${about}, ${pluralize(verdict.certificate.length, 'step')}`;
}

/** The reasons for which a claim is neither proved nor refuted, each with its place. */
function listUndecidedReasons(policy: PolicyModel, { verdict }: ClaimVerdict): readonly string[] {
  if (verdict.kind !== 'undecided') return [];
  if (verdict.because.length === 0) return ['the effort was used up; try a larger --effort'];
  const lines = verdict.because.map(({ construct, span }) => {
    const { file, line } = findSourcePlace(policy, span);
    return `${constructs[construct].name} (${displayText(file)}:${line})`;
  });
  return [...new Set(lines)].slice(0, maxReasons);
}

const maxReasons = 5;

/** The line of a claim, and the reasons for which it is not proved. */
export function formatProof(
  policy: PolicyModel,
  claimVerdict: ClaimVerdict,
  colors: Colors,
): string {
  const { claim } = claimVerdict;
  const named =
    claim.invariant === undefined
      ? `${claim.name} (built in)`
      : `invariant ${displayText(claim.name)}`;
  const marks = {
    proved: colors.good('✓'),
    'proved outside of sessions': colors.warning('?'),
    'not proved': colors.warning('?'),
    refuted: colors.error('✗'),
  };
  const mark = marks[nameVerdict(claimVerdict.verdict)];
  const reasons = listUndecidedReasons(policy, claimVerdict).map((reason) => `      ${reason}\n`);
  return `  ${mark} ${named}: ${describeProof(claimVerdict)}\n${reasons.join('')}`;
}

/** A refuted claim as a counterexample, which is found without a search, and the answer to its last request. */
export interface ProvedCounterexample {
  readonly counterexample: Counterexample;
  /** The last request. */
  readonly request: string;
  readonly answer: EvaluatedAnswer;
}

/** Returns the counterexample of a claim, or `undefined` if the claim is not refuted. */
export function findProofCounterexample({
  verdict,
}: ClaimVerdict): ProvedCounterexample | undefined {
  if (verdict.kind !== 'refuted') return undefined;
  const { requests, answers, session } = verdict.confirmation;
  const [text, answer] = [requests.at(-1), answers.at(-1)];
  if (text === undefined || answer === undefined) return undefined;
  const found = {
    why: describeEffectChange(verdict),
    ...(session === undefined ? {} : { session }),
  };
  return { counterexample: createProofCounterexample(text, answer, found), request: text, answer };
}

/** How the effect of the second of two requests differs, such as `deny → narrow`. */
export function describeEffectChange({ confirmation }: Refuted<Shown>): string | undefined {
  const [before, after] = confirmation.answers;
  return before && after && `${before.effect} → ${after.effect}`;
}

export function buildProofJson(policy: PolicyModel, claimVerdict: ClaimVerdict): object {
  const { verdict } = claimVerdict;
  if (verdict.kind === 'proved') {
    const { inSessions } = verdict.assumptions;
    return { verdict: nameVerdict(verdict), inSessions, steps: verdict.certificate.length };
  }
  if (verdict.kind === 'refuted') return { verdict: 'refuted' };
  const because = verdict.because.map(({ construct, span }) => ({
    construct: constructs[construct].name,
    at: findSourcePlace(policy, span),
  }));
  return { verdict: 'not proved', because };
}

/** How many claims were proved, proved only outside of sessions, refuted, and neither. */
export function summarizeProofs(verdicts: readonly VerdictName[]): string {
  const count = (name: VerdictName) => verdicts.filter((verdict) => verdict === name).length;
  const [outside, refuted, open] = [
    count('proved outside of sessions'),
    count('refuted'),
    count('not proved'),
  ];
  const proved = `${count('proved')} of ${pluralize(verdicts.length, 'claim')} proved`;
  const others = [
    ...(outside === 0 ? [] : [`${outside} only outside of sessions`]),
    ...(refuted === 0 ? [] : [`${refuted} refuted`]),
    ...(open === 0 ? [] : [`${open} not proved`]),
  ];
  return [proved, ...others].join(', ');
}
