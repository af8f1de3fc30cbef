// Searches for requests, pairs of requests and sessions that violate claims which are called proved. What the evaluator makes
// of a request is compared with the module, and all claims about a policy are checked on both.

import { type EvaluatedAnswer, judgeInvariants } from '@nhipol/language';
import { areLoosened, compareAnswers } from '@nhipol/proving';
import { createRandomNumbers, fillTables, isSameAnswer, type TableTexts } from '@nhipol/testing';
import { playSessionSample } from '../../../assurance/testing/explore/sessions.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { RequestPairs } from '../../../assurance/testing/proofs/request-pairs.ts';
import type { SessionOpener } from '../../../assurance/testing/runner/run-tests.ts';
import { decideFacts } from '../../../language/evaluator/decide.ts';
import { type Ask, evaluator } from '../../support/modules/engines.ts';
import { isViolated } from './claims.ts';
import { areAlike, decodeFacts, readTruth } from './observe.ts';
import type { PooledRequest, PooledSession } from './pool.ts';
import type { Proofs } from './proofs.ts';
import { Tally, type Violation } from './tally.ts';
import type { WrittenPolicy } from './written.ts';

export interface Searched {
  /** Requests and sessions. */
  readonly requests: number;
  readonly pairs: number;
  readonly violation: Violation | undefined;
}

/** The modules of the policy, of the one that names its atoms, and of the other version. */
export interface Modules {
  readonly policy: Ask;
  readonly atoms: Ask;
  readonly changed: Ask;
}

export interface SearchOptions {
  /** For each claim. */
  readonly requests: number;
  readonly seed: number;
}

/** Whole answers and all invariants are compared for one of this many requests. */
const perComparison = 20;
/** Changes of some members apply to few requests: then there are more pairs than these times the requests. */
const maxRounds = 6;

export class RequestSearch {
  readonly #written: WrittenPolicy;
  readonly #modules: Modules;
  readonly #proofs: Proofs;
  readonly #requests: number;
  readonly #pairs: RequestPairs;
  readonly #tally: Tally;
  #pairCount = 0;

  constructor(
    written: WrittenPolicy,
    modules: Modules,
    proofs: Proofs,
    { requests, seed }: SearchOptions,
  ) {
    this.#written = written;
    this.#modules = modules;
    this.#proofs = proofs;
    this.#requests = requests;
    this.#pairs = new RequestPairs(new Dice(createRandomNumbers(seed)), proofs.changes);
    this.#tally = new Tally(written, proofs);
  }

  /** `pool`: at least as many requests as are wanted. */
  run(pool: Iterable<PooledRequest>): Searched {
    const { own, changes, differences } = this.#proofs;
    let count = 0;
    if (own.size + changes.size + differences.size > 0)
      for (const each of pool) {
        const isEnough =
          count >= this.#requests &&
          (this.#tally.fewestPairs >= this.#requests || count >= maxRounds * this.#requests);
        if (isEnough || this.#tally.violation !== undefined) break;
        if (count < this.#requests) this.#try(each, count % perComparison === 0);
        if (changes.size > 0) this.#change(each);
        count += 1;
      }
    this.#tally.finish(this.#requests);
    return { requests: count, pairs: this.#pairCount, violation: this.#tally.violation };
  }

  #try(request: PooledRequest, isCompared: boolean): void {
    const { text, tables, truth } = request;
    const answer = this.#modules.policy(text, undefined, tables);
    const own = readTruth(this.#modules.atoms, text, tables);
    const isSame =
      areAlike(request.answer, answer) &&
      own.isTrue === truth.isTrue &&
      own.isFalse === truth.isFalse;
    if (!isSame) this.#note('the engines agree', text, tables);
    const wrong = this.#tally.count(request);
    if (wrong !== undefined) this.#note(`invariant ${wrong}`, text, tables);
    if (isCompared) this.#compare(request, answer);
    if (this.#proofs.differences.size === 0) return;
    const other = this.#modules.changed(text, undefined, tables);
    if (!areAlike(request.changed, other)) this.#note('the engines agree', text, tables);
    const kind = compareAnswers(answer, other);
    this.#tally.countDifference(kind);
    if (kind !== undefined && this.#proofs.differences.has(kind))
      this.#note(`difference ${kind}`, text, tables);
  }

  /** Compares whole answers, and what the evaluator says about the claims themselves. */
  #compare(
    { text, tables, answer: { effect }, truth }: PooledRequest,
    answer: EvaluatedAnswer,
  ): void {
    const policy = fillTables(this.#written.policy, tables);
    const evaluated = evaluator(policy)(text);
    const bytes = new TextEncoder().encode(text);
    const judged = judgeInvariants(
      policy,
      bytes,
      { now: undefined, precedence: 'request' },
      evaluated,
    );
    const found = judged.flatMap(({ invariant, holds }) => (holds ? [] : [invariant.name]));
    const violated = this.#written.claims.filter((each) => isViolated(each, effect, truth));
    if (!isSameAnswer(evaluated, answer)) this.#note('the engines agree', text, tables);
    if (found.join() !== violated.map(({ name }) => name).join())
      this.#note(`the claims are as they are written: ${found}`, text, tables);
  }

  #change({ text, tables, answer }: PooledRequest): void {
    const policy = fillTables(this.#written.atoms, tables);
    for (const { claim, changed } of this.#pairs.around(policy, text)) {
      if (this.#tally.countPairs(claim) >= this.#requests) continue;
      const facts = decodeFacts(policy, changed);
      if (facts === undefined) continue;
      const after = decideFacts(policy, facts, undefined);
      this.#pairCount += 1;
      if (!areAlike(after, this.#modules.policy(changed, undefined, tables)))
        this.#note('the engines agree', changed, tables);
      this.#tally.countPair(claim, answer.effect !== after.effect);
      if (areLoosened([], [answer as EvaluatedAnswer, after]))
        this.#note(claim, `${text}\n${changed}`, tables);
    }
  }

  #note(claim: string, shown: string, tables: TableTexts): void {
    const contents = [...tables].map(([name, content]) => `\ntable ${name}: ${content}`).join('');
    this.#tally.note(claim, `${shown}${contents}`);
  }
}

/** `open`: opens sessions of the module, or is `undefined` if only the evaluator has played them. */
export function searchSessions(
  written: WrittenPolicy,
  open: SessionOpener | undefined,
  proofs: Proofs,
  pool: readonly PooledSession[],
): Searched {
  const tally = new Tally(written, proofs);
  let count = 0;
  for (const { sample, answers, decisions } of proofs.own.size === 0 ? [] : pool) {
    if (tally.violation !== undefined) break;
    const showSample = () => JSON.stringify(sample, plain);
    const others = open === undefined ? answers : playSessionSample(open, sample);
    if (!answers.every((each, index) => areAlike(each, others[index])))
      tally.note('the engines agree', showSample());
    const wrong = tally.countSession(decisions);
    if (wrong !== undefined) tally.note(`invariant ${wrong}`, showSample());
    count += 1;
  }
  tally.finish(count);
  return { requests: count, pairs: 0, violation: tally.violation };
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
