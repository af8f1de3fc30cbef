// The invariants that requests and sessions violate, with a sentence for each.

import type { PolicyModel } from '@nhipol/language/model';
import { displayText, pluralize, type Span } from '@nhipol/language/support';
import { buildCounterexampleJson, type ClaimResult, verifySteps } from '@nhipol/testing';
import type { PolicyAnalysis } from '../analysis.ts';

export interface VerificationSummary {
  readonly summary: string;
  readonly violated: readonly ViolatedInvariant[];
}

interface ViolatedInvariant {
  readonly name: string;
  readonly message: string;
  /** The name of the invariant; for a built-in one, that of the policy. */
  readonly span: Span;
  readonly counterexample: object;
}

/** Yields the share that is done. */
export function* runVerification(
  analysis: PolicyAnalysis,
  policy: PolicyModel,
  samples: number | undefined,
): Generator<number, VerificationSummary> {
  const verification = yield* verifySteps(policy, samples === undefined ? {} : { samples });
  const { claims, requests, sessions } = verification;
  const violated = claims.flatMap((claim) => listViolations(analysis, policy, claim));
  const tried = `${pluralize(requests, 'request')} and ${pluralize(sessions, 'session')}`;
  const summary =
    violated.length === 0
      ? `No invariant was refuted by ${tried}; this is not a proof.`
      : `${violated.length} of ${pluralize(claims.length, 'invariant')} refuted by ${tried}.`;
  return { summary, violated };
}

function listViolations(
  { files, entry }: PolicyAnalysis,
  policy: PolicyModel,
  { name, invariant, counterexample }: ClaimResult,
): readonly ViolatedInvariant[] {
  if (counterexample === undefined) return [];
  const answers =
    counterexample.kind === 'request' ? [counterexample.answer] : counterexample.answers;
  const said = answers.map(({ effect, reasons }) => `${effect} because ${reasons.join(', ')}`);
  const why = counterexample.why ?? said.join(', then ');
  const header = files.get(entry)?.node.items.find(({ kind }) => kind === 'PolicyHeader');
  return [
    {
      name,
      message: `a ${counterexample.kind} violates this invariant: ${displayText(why)}`,
      span: invariant?.span ?? header?.span ?? policy.span,
      counterexample: buildCounterexampleJson(policy, counterexample),
    },
  ];
}
