// The verdict on each invariant of a policy for every request, with a clause that says what it means.

import type { PolicyModel } from '@nhipol/language/model';
import { displayText, pluralize, type Span } from '@nhipol/language/support';
import {
  type ClaimVerdict,
  constructs,
  createRequestSet,
  isProvedEverywhere,
  proveClaim,
} from '@nhipol/proving';
import {
  buildCounterexampleJson,
  createProofCounterexample,
  createRandomNumbers,
} from '@nhipol/testing';
import { type ProofContradiction, searchContradictions } from '@nhipol/testing/proofs';
import type { InvariantVerdict } from '../protocol.ts';

export interface ProvedInvariant {
  readonly name: string;
  /** The name of the invariant. */
  readonly span: Span;
  readonly verdict: InvariantVerdict;
  /** A clause: what the proof covers, the answer that violates the invariant, or what prevents a proof. */
  readonly detail: string;
  /** As in the JSON of `nhipol verify`, if it is refuted. */
  readonly counterexample: object | undefined;
}

/** The maximum number of conflicts for each invariant: fewer than on the command line, for an answer while waiting. */
const effort = 5_000;

/** Yields the share that is done after each invariant. */
export function* runProofs(policy: PolicyModel): Generator<number, readonly ProvedInvariant[]> {
  if (policy.invariants.length === 0) return [];
  const set = createRequestSet(policy, { effort, random: createRandomNumbers(1) });
  const verdicts: ClaimVerdict[] = [];
  for (const [index, claim] of set.claims.entries()) {
    yield index / set.claims.length / 2;
    if (claim.invariant !== undefined) verdicts.push(proveClaim(set, claim));
  }
  const contradiction = yield* findContradiction(policy, verdicts);
  return verdicts.flatMap((verdict): readonly ProvedInvariant[] => {
    const { invariant } = verdict.claim;
    if (invariant === undefined) return [];
    const { name, span } = invariant;
    const provedContradiction = verdict.verdict.kind === 'proved' ? contradiction : undefined;
    return [
      {
        name,
        span,
        ...(provedContradiction
          ? refuseProof(policy, verdict, provedContradiction)
          : describeVerdict(policy, verdict)),
      },
    ];
  });
}

/** Yields the second half of the share that is done. */
function* findContradiction(
  policy: PolicyModel,
  verdicts: readonly ClaimVerdict[],
): Generator<number, ProofContradiction | undefined> {
  const steps = searchContradictions(policy, verdicts);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield (1 + value) / 2;
  }
}

type Shown = Pick<ProvedInvariant, 'verdict' | 'detail' | 'counterexample'>;

/** No proof counts if a request or a session violates what is proved. */
function refuseProof(
  policy: PolicyModel,
  { claim }: ClaimVerdict,
  { claim: violated, counterexample }: ProofContradiction,
): Shown {
  const isOwn = claim.name === violated;
  const what = isOwn ? 'it' : `"${violated}"`;
  return {
    verdict: 'not proved',
    detail: displayText(
      `a bug in nhipol: ${what} is proved, and a ${counterexample.kind} violates it`,
    ),
    counterexample: isOwn
      ? withoutSearch(buildCounterexampleJson(policy, counterexample))
      : undefined,
  };
}

function describeVerdict(policy: PolicyModel, { verdict }: ClaimVerdict): Shown {
  switch (verdict.kind) {
    case 'proved': {
      const detail = isProvedEverywhere(verdict)
        ? 'for every request'
        : 'it is proved only for requests outside of sessions';
      const name = isProvedEverywhere(verdict) ? 'proved' : 'not proved';
      return { verdict: name, detail, counterexample: undefined };
    }
    case 'refuted': {
      const { requests, answers, session } = verdict.confirmation;
      const [request = '', answer] = [requests.at(-1), answers.at(-1)];
      if (answer === undefined) throw new Error('a refutation has an answer');
      const said = `${answer.effect} because ${answer.reasons.join(', ')}`;
      const events = session?.steps.length ?? 0;
      const after = events === 0 ? '' : ` after ${pluralize(events, 'event')} of a session`;
      const proofCounterexample = createProofCounterexample(
        request,
        answer,
        session === undefined ? {} : { session },
      );
      return {
        verdict: 'refuted',
        detail: displayText(`${said}${after}`),
        counterexample: withoutSearch(buildCounterexampleJson(policy, proofCounterexample)),
      };
    }
    case 'undecided': {
      const because = new Set(verdict.because.map(({ construct }) => constructs[construct].name));
      const detail = because.size === 0 ? 'it needs more effort' : [...because].join(', ');
      return { verdict: 'not proved', detail, counterexample: undefined };
    }
  }
}

/** Without the members about a search by samples, and their tables. */
function withoutSearch(counterexample: object): object {
  const own = Object.entries(counterexample).filter(([name]) => !ofSearch.has(name));
  return Object.fromEntries(own);
}

const ofSearch = new Set(['tried', 'milliseconds', 'tables']);
