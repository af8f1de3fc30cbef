// Requests and sessions of a generated policy, each evaluated once by the evaluator, for all claims about it.

import { ExpressionEvaluator } from '@nhipol/language';
import { lastInstant } from '@nhipol/language/types';
import {
  createEvaluatorSessions,
  createRandomNumbers,
  fillTables,
  noTables,
  type SessionSample,
  type TableTexts,
} from '@nhipol/testing';
import { playSessionSample } from '../../../assurance/testing/explore/sessions.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { generateAimedRequests } from '../../../assurance/testing/proofs/aimed-requests.ts';
import { decideFacts } from '../../../language/evaluator/decide.ts';
import { readSessionFacts } from '../../../language/evaluator/session.ts';
import { drawRequest, drawTables, type Material } from './material.ts';
import {
  type Decided,
  decodeFacts,
  type Evaluated,
  evaluateAtoms,
  evaluateTruth,
} from './observe.ts';
import { drawSession } from './session.ts';
import type { Draft } from './written.ts';

export interface PooledRequest extends Evaluated {
  readonly text: string;
  readonly tables: TableTexts;
  /** The answer of the other version of the rules. */
  readonly changed: Decided;
}

export interface PooledSession {
  readonly sample: SessionSample;
  readonly answers: readonly Decided[];
  readonly decisions: readonly Evaluated[];
}

export interface PoolOptions {
  /** The number of requests or sessions. */
  readonly requests: number;
  readonly seed: number;
}

/** The share of requests that explore the policy; they take longer than the others. */
const aimedShare = 1 / 10;
/** Contents of external tables: loading takes longer than deciding. */
const requestsPerContent = 100;

/** Valid requests, without an end. Those that explore the policy are among the first `requests`. */
export function* generateRequests(
  material: Material,
  { atoms, changed }: Draft,
  { requests, seed }: PoolOptions,
): Generator<PooledRequest, never> {
  const dice = new Dice(createRandomNumbers(seed));
  const createPooledRequest = (text: string, tables: TableTexts): PooledRequest | undefined => {
    const policy = fillTables(atoms, tables);
    const facts = decodeFacts(policy, text);
    if (facts === undefined) return undefined;
    const other = decideFacts(fillTables(changed, tables), facts, undefined);
    return { text, tables, ...evaluateAtoms(policy, facts), changed: other };
  };
  const drawRequests = function* (count: number) {
    let tables = noTables;
    for (let index = 0; index < count; index += 1) {
      if (index % requestsPerContent === 0) tables = drawTables(material, dice);
      yield createPooledRequest(drawRequest(material, dice), tables);
    }
  };
  // Claims are chosen by the first requests, which do not explore the policy.
  for (const each of drawRequests(Math.ceil(requests / 4))) if (each !== undefined) yield each;
  const samples = Math.ceil(requests * aimedShare);
  for (const { sample, answers } of generateAimedRequests([atoms], { samples, seed })) {
    const each = answers[0]?.error === undefined && createPooledRequest(sample.text, sample.tables);
    if (each) yield each;
  }
  for (;;) for (const each of drawRequests(requests)) if (each !== undefined) yield each;
}

export function* generateSessions(
  material: Material,
  { atoms }: Draft,
  { requests, seed }: PoolOptions,
): Generator<PooledSession> {
  const dice = new Dice(createRandomNumbers(seed));
  for (let left = requests; left > 0; left -= 1) {
    const sample = drawSession(material, dice);
    const decisions: Evaluated[] = [];
    const open = createEvaluatorSessions(atoms, undefined, (policy, session, now, answer) => {
      if (answer.error !== undefined || now > lastInstant) return;
      const { facts } = readSessionFacts(policy, session, now);
      if (facts === undefined) return;
      const truth = evaluateTruth(policy, new ExpressionEvaluator(facts, policy.contents));
      decisions.push({ answer, truth });
    });
    yield { sample, answers: playSessionSample(open, sample), decisions };
  }
}
