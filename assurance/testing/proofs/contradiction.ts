// Tries to contradict what is proved about a policy: evaluates requests that aim at its constants, pairs of requests, and
// sessions. A request that violates a proved claim is a bug of the prover, and nothing that it proved may be relied on.

import {
  type EvaluatedAnswer,
  judgeInvariants,
  judgeSessionInvariants,
  readsHistory,
} from '@nhipol/language';
import {
  collectHistoryTerms,
  collectPolicyHistory,
  type Invariant,
  type PolicyModel,
} from '@nhipol/language/model';
import { lastInstant } from '@nhipol/language/types';
import { areLoosened, type ClaimVerdict, isProvedEverywhere } from '@nhipol/proving';
import { exploreSessions } from '../explore/explore-sessions.ts';
import { playSessionSample, type SessionSample } from '../explore/sessions.ts';
import { createRandomNumbers, Dice } from '../generate/random.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { filledAsTaken } from '../generate/tables.ts';
import { ask } from '../runner/ask.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import type { RequestClaim } from '../verify/claims.ts';
import { createExposureClaims } from '../verify/exposed.ts';
import { createMissingDataClaim } from '../verify/missing-data.ts';
import { staysRevoked } from '../verify/sessions.ts';
import type { Counterexample } from '../verify/verify.ts';
import { type AimedOptions, defaultSamples, generateAimedRequests } from './aimed-requests.ts';
import { RequestPairs } from './request-pairs.ts';

/** A claim that is proved, and what violates it. */
export interface ProofContradiction {
  readonly claim: string;
  readonly counterexample: Counterexample;
  /** The second of two requests, for a claim about a change of the first one. */
  readonly changed?: string;
}

/** Returns what violates a proved claim, or `undefined` if nothing does. */
export function findContradiction(
  policy: PolicyModel,
  verdicts: readonly ClaimVerdict[],
  options: AimedOptions = {},
): ProofContradiction | undefined {
  const finding = searchContradictions(policy, verdicts, options);
  for (;;) {
    const { done, value } = finding.next();
    if (done) return value;
  }
}

/** As `findContradiction`; yields the share that is done after each request and each session, so that callers can pause. */
export function* searchContradictions(
  policy: PolicyModel,
  verdicts: readonly ClaimVerdict[],
  options: AimedOptions = {},
): Generator<number, ProofContradiction | undefined> {
  const proved = verdicts.filter(({ verdict }) => verdict.kind === 'proved');
  if (proved.length === 0) return undefined;
  const ofRequests = new RequestTrial(policy, proved, options);
  const { samples = defaultSamples } = options;
  let tried = 0;
  for (const { sample, answers } of generateAimedRequests([policy], options)) {
    const [answer] = answers;
    tried += 1;
    yield Math.min(1, tried / samples);
    if (answer === undefined || answer.error !== undefined) continue;
    const matchingOfRequest = ofRequests.find(sample, answer);
    if (matchingOfRequest !== undefined) return matchingOfRequest;
  }
  return yield* searchSessions(policy, proved, options);
}

/** The claims about single requests, and about pairs of them. */
class RequestTrial {
  readonly #policy: PolicyModel;
  readonly #names: ReadonlySet<string>;
  readonly #own: PolicyModel;
  readonly #builtIn: readonly RequestClaim[];
  readonly #pairs: RequestPairs;
  readonly #dice: Dice;

  constructor(policy: PolicyModel, proved: readonly ClaimVerdict[], { seed = 1 }: AimedOptions) {
    this.#policy = policy;
    this.#names = new Set(proved.map(({ claim }) => claim.name));
    this.#dice = new Dice(createRandomNumbers(seed));
    const invariants = listInvariants(proved).filter((invariant) => !readsHistory(invariant));
    this.#own = { ...policy, invariants };
    const builtIn = new Set(
      proved.flatMap(({ claim }) => (claim.invariant === undefined ? [claim.name] : [])),
    );
    // One member of each request, so that there are as many pairs as requests.
    const missing = createMissingDataClaim(policy, (places) =>
      places.length === 0 ? [] : [this.#dice.pick(places)],
    );
    this.#builtIn = [...createExposureClaims(policy), missing].filter(({ name }) =>
      builtIn.has(name),
    );
    this.#pairs = new RequestPairs(this.#dice, this.#names);
  }

  find(sample: GeneratedRequest, answer: EvaluatedAnswer): ProofContradiction | undefined {
    const createContradiction = (claim: string, why: string | undefined): ProofContradiction => ({
      claim,
      counterexample: { kind: 'request', sample, answer, why, tried: 0, after: 0 },
    });
    if (this.#own.invariants.length > 0) {
      const prepared = filledAsTaken(this.#own, sample.tables);
      const bytes = new TextEncoder().encode(sample.text);
      const judged = judgeInvariants(
        prepared,
        bytes,
        { now: undefined, precedence: 'request' },
        answer,
      );
      const broken = judged.find(({ holds }) => !holds);
      if (broken !== undefined) return createContradiction(broken.invariant.name, undefined);
    }
    for (const claim of this.#builtIn) {
      const judgement = claim.judge(sample, answer);
      if (judgement.kind === 'broken') return createContradiction(claim.name, judgement.why);
    }
    const pair = this.#pairs.near(this.#policy, sample.text);
    if (pair === undefined) return undefined;
    const after = ask(this.#policy, { ...sample, text: pair.changed });
    if (after.error !== undefined || !areLoosened([], [answer, after])) return undefined;
    return {
      ...createContradiction(pair.claim, `${answer.effect} → ${after.effect}`),
      changed: pair.changed,
    };
  }
}

function listInvariants(proved: readonly ClaimVerdict[]): readonly Invariant[] {
  return proved.flatMap(({ claim }) => claim.invariant ?? []);
}

/** Sessions are more expensive than requests, and show little if a policy has no history terms. */
function countSessions(
  policy: PolicyModel,
  invariants: readonly Invariant[],
  samples: number,
): number {
  const terms = [
    ...collectPolicyHistory(policy),
    ...collectHistoryTerms(invariants.map(({ claim }) => claim)),
  ];
  return Math.ceil(samples / (terms.length > 0 ? 20 : 50));
}

function* searchSessions(
  policy: PolicyModel,
  proved: readonly ClaimVerdict[],
  { samples = defaultSamples, seed = 1 }: AimedOptions,
): Generator<number, ProofContradiction | undefined> {
  const everywhere = proved.filter(({ verdict }) => isProvedEverywhere(verdict));
  const invariants = listInvariants(everywhere);
  const mayRevoke = everywhere.some(({ claim }) => claim.name === staysRevoked.name);
  if (invariants.length === 0 && !mayRevoke) return undefined;
  const count = countSessions(policy, invariants, samples);
  for (const { sample, answers } of exploreSessions(policy, {
    samples: count,
    seed,
    several: true,
  })) {
    const createContradiction = (claim: string, why: string | undefined): ProofContradiction => ({
      claim,
      counterexample: { kind: 'session', sample, answers, why, tried: 0, after: 0 },
    });
    const judgement = mayRevoke ? staysRevoked.judge(sample, answers) : undefined;
    if (judgement?.kind === 'broken') return createContradiction(staysRevoked.name, judgement.why);
    const broken = findViolatedInvariant(policy, invariants, sample);
    if (broken !== undefined) return createContradiction(broken.name, undefined);
    yield 1;
  }
  return undefined;
}

/** The first invariant that a decision of the session violates. */
function findViolatedInvariant(
  policy: PolicyModel,
  invariants: readonly Invariant[],
  sample: SessionSample,
): Invariant | undefined {
  let broken: Invariant | undefined;
  const judgeDecision: Parameters<typeof createEvaluatorSessions>[2] = (
    present,
    session,
    now,
    answer,
  ) => {
    // Proofs are about clocks that show an instant of RFC 3339.
    if (broken !== undefined || answer.error !== undefined || now > lastInstant) return;
    const judged = judgeSessionInvariants({ ...present, invariants }, session, now, answer);
    broken = judged.find(({ holds }) => !holds)?.invariant;
  };
  if (invariants.length > 0)
    playSessionSample(createEvaluatorSessions(policy, undefined, judgeDecision), sample);
  return broken;
}
