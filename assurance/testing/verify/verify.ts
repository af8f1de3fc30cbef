// Tries to refute the properties of a policy's answers, with requests that explore it and with sessions. A
// counterexample is shrunk. The absence of one proves nothing, so the number of samples is reported with it.

import { collectPolicyHistory, type Invariant, type PolicyModel } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { explore } from '../explore/explore.ts';
import { exploreSessions } from '../explore/explore-sessions.ts';
import { listSimplerSessions, playSessionSample, type SessionSample } from '../explore/sessions.ts';
import { shrinkWhile, simplify } from '../explore/shrink.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { noTables } from '../generate/tables.ts';
import { ask } from '../runner/ask.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import type { Allowance, SampleClaim } from './claims.ts';
import { createExposureClaims } from './exposed.ts';
import { listHistoryClaims, listRequestClaims } from './invariants.ts';
import { createMissingDataClaim } from './missing-data.ts';
import { liftClaim, staysRevoked } from './sessions.ts';

export interface Verification {
  readonly requests: number;
  readonly sessions: number;
  readonly milliseconds: number;
  readonly claims: readonly ClaimResult[];
}

export interface ClaimResult {
  readonly name: string;
  /** `undefined` for a built-in property. */
  readonly invariant: Invariant | undefined;
  /** The number of requests it applied to. */
  readonly requests: number;
  readonly sessions: number;
  readonly counterexample: Counterexample | undefined;
  /** The verdict of a proof, for programs, or `undefined` if none was tried. */
  readonly proof?: object;
  /** Explicit exceptions in the policy, each once, with the first request that shows it. */
  readonly allowed: readonly { readonly by: Allowance; readonly sample: GeneratedRequest }[];
}

export type Counterexample = CounterexampleDetails &
  (
    | { readonly kind: 'request'; readonly sample: GeneratedRequest; readonly answer: Answer }
    | {
        readonly kind: 'session';
        readonly sample: SessionSample;
        readonly answers: readonly Answer[];
      }
  );

/** The counterexample of a proof: the last request and its answer, which may be in a session. */
export function createProofCounterexample(
  text: string,
  answer: Answer,
  { why, session }: { readonly why?: string | undefined; readonly session?: SessionSample },
): Counterexample {
  const found = { why, tried: 0, after: 0 };
  return session === undefined
    ? { ...found, kind: 'request', sample: { text, now: undefined, tables: noTables }, answer }
    : { ...found, kind: 'session', sample: session, answers: [answer] };
}

interface CounterexampleDetails {
  readonly why: string | undefined;
  /** The number of requests and sessions, and the milliseconds, until it was found. */
  readonly tried: number;
  readonly after: number;
}

export interface VerifyOptions {
  /** The number of requests; default: 10,000. */
  readonly samples?: number;
  readonly seed?: number;
}

/** Sessions are more expensive than requests, and show little if a policy has no history terms. */
function countSessions(policy: PolicyModel, samples: number): number {
  return Math.ceil(samples / (collectPolicyHistory(policy).length > 0 ? 5 : 50));
}

/** Expensive properties are tested on one request out of this many. */
const expensiveInterval = 8;

export function verify(policy: PolicyModel, options: VerifyOptions = {}): Verification {
  const verifying = verifySteps(policy, options);
  for (;;) {
    const { done, value } = verifying.next();
    if (done) return value;
  }
}

/** As `verify`; yields the share that is done after each request and each session, so that callers can pause. */
export function* verifySteps(
  policy: PolicyModel,
  options: VerifyOptions = {},
): Generator<number, Verification> {
  const { samples = 10_000, seed = 1 } = options;
  const started = performance.now();
  const measureElapsed = () => performance.now() - started;
  const sessions = countSessions(policy, samples);
  const ofAnswers = [...listRequestClaims(policy), ...createExposureClaims(policy)];
  const requestTrials = [...ofAnswers, createMissingDataClaim(policy)].map(
    (claim) => new Trial(claim),
  );
  let tried = 0;
  for (const { sample, answers } of explore([policy], { samples, seed })) {
    const [answer] = answers;
    if (answer === undefined) continue;
    for (const trial of requestTrials) {
      if (trial.claim.isExpensive && tried % expensiveInterval !== 0) continue;
      trial.add(sample, answer, { tried: tried + 1, after: measureElapsed() });
    }
    tried += 1;
    yield tried / (samples + sessions);
  }
  const ofSessions = [staysRevoked, ...ofAnswers.map(liftClaim), ...listHistoryClaims(policy)];
  const sessionTrials = ofSessions.map((claim) => new Trial(claim));
  for (const { sample, answers } of exploreSessions(policy, {
    samples: sessions,
    seed,
    several: true,
  })) {
    for (const trial of sessionTrials) {
      trial.add(sample, answers, { tried: tried + 1, after: measureElapsed() });
    }
    tried += 1;
    yield tried / (samples + sessions);
  }
  const open = createEvaluatorSessions(policy);
  return {
    requests: samples,
    sessions,
    claims: mergeResults(
      requestTrials.map((trial) => createRequestResult(policy, trial)),
      sessionTrials.map((trial) =>
        createSessionResult(policy, trial, (sessionSample) =>
          playSessionSample(open, sessionSample),
        ),
      ),
    ),
    milliseconds: measureElapsed(),
  };
}

/** The state of one property. */
class Trial<Sample, Answered> {
  readonly claim: SampleClaim<Sample, Answered>;
  readonly allowed = new Map<string, { readonly by: Allowance; readonly sample: Sample }>();
  about = 0;
  broken: (CounterexampleDetails & { readonly sample: Sample }) | undefined;

  constructor(claim: SampleClaim<Sample, Answered>) {
    this.claim = claim;
  }

  /** One counterexample is enough. */
  add(sample: Sample, answered: Answered, when: Omit<CounterexampleDetails, 'why'>): void {
    if (this.broken !== undefined) return;
    const judgement = this.claim.judge(sample, answered);
    if (judgement.kind === 'not about') return;
    this.about += 1;
    if (judgement.kind === 'broken') {
      this.broken = { sample, why: judgement.why, ...when };
    }
    if (judgement.kind !== 'allowed') return;
    const { by } = judgement;
    const key = [by.where, by.rule, by.how].join(' ');
    if (!this.allowed.has(key)) this.allowed.set(key, { by, sample });
  }

  /** Why a counterexample violates the property. */
  breaks(sample: Sample, answered: Answered): boolean {
    return this.claim.judge(sample, answered).kind === 'broken';
  }
}

function createRequestResult(
  policy: PolicyModel,
  trial: Trial<GeneratedRequest, Answer>,
): ClaimResult {
  const { name, invariant } = trial.claim;
  const found = shrinkBreaking(
    trial,
    (sample, breaks) => simplify(policy, sample, breaks),
    (sample) => ask(policy, sample),
  );
  return {
    name,
    invariant,
    requests: trial.about,
    sessions: 0,
    counterexample: found && {
      kind: 'request',
      ...found.found,
      sample: found.sample,
      answer: found.answered,
    },
    allowed: [...trial.allowed.values()],
  };
}

function createSessionResult(
  policy: PolicyModel,
  trial: Trial<SessionSample, readonly Answer[]>,
  played: (sample: SessionSample) => readonly Answer[],
): ClaimResult {
  const { name, invariant } = trial.claim;
  const found = shrinkBreaking(
    trial,
    (sample, breaks) =>
      shrinkWhile(sample, (sessionSample) => listSimplerSessions(policy, sessionSample), breaks),
    played,
  );
  return {
    name,
    invariant,
    requests: 0,
    sessions: trial.about,
    counterexample: found && {
      kind: 'session',
      ...found.found,
      sample: found.sample,
      answers: found.answered,
    },
    allowed: [],
  };
}

/** The smallest counterexample, with its answer, or `undefined` if none was found. */
function shrinkBreaking<Sample, Answered>(
  trial: Trial<Sample, Answered>,
  shrink: (sample: Sample, breaks: (sample: Sample) => boolean) => Sample,
  answer: (sample: Sample) => Answered,
) {
  const { broken, claim } = trial;
  if (broken === undefined) return undefined;
  const sample = shrink(broken.sample, (each) => trial.breaks(each, answer(each)));
  const answered = answer(sample);
  const judged = claim.judge(sample, answered);
  const { tried, after } = broken;
  const why = judged.kind === 'broken' ? judged.why : broken.why;
  const found: CounterexampleDetails = { why, tried, after };
  return { found, sample, answered };
}

/** One result for each property. A request is preferred to a session, being shorter. */
function mergeResults(
  ofRequests: readonly ClaimResult[],
  ofSessions: readonly ClaimResult[],
): readonly ClaimResult[] {
  const twin = ({ name, invariant }: ClaimResult) =>
    ofSessions.find((other) => other.name === name && other.invariant === invariant);
  const both = ofRequests.map((result) => {
    const other = twin(result);
    return {
      ...result,
      sessions: other?.sessions ?? 0,
      counterexample: result.counterexample ?? other?.counterexample,
    };
  });
  const alone = ofSessions.filter(
    ({ name, invariant }) =>
      !ofRequests.some(
        (claimResult) => claimResult.name === name && claimResult.invariant === invariant,
      ),
  );
  return [...both, ...alone];
}
