// Searches for requests, pairs of requests and sessions that violate claims which are called proved.

import {
  type Answer,
  judgeInvariants,
  judgeInvariantsIn,
  type Policy,
} from '../../../language/index.ts';
import { lastInstant } from '../../../language/types/time/instant.ts';
import { kindOf } from '../../../proving/claims/compare.ts';
import { areLoosened } from '../../../proving/claims/missing-data.ts';
import { play, type SessionSample } from '../../../testing/explore/sessions.ts';
import { Dice, random } from '../../../testing/generate/random.ts';
import { filled, noTables, type TableTexts } from '../../../testing/generate/tables.ts';
import { aimedRequests } from '../../../testing/proofs/aimed-requests.ts';
import { RequestPairs } from '../../../testing/proofs/request-pairs.ts';
import { sameAnswer } from '../../../testing/runner/same-answer.ts';
import { evaluatorSessions } from '../../../testing/runner/sessions.ts';
import { type Ask, evaluator } from '../../support/engines.ts';
import { drawRequest, type Material } from './material.ts';
import type { Proofs } from './proofs.ts';
import { drawSession } from './sessions.ts';
import type { Written, WrittenPolicy } from './written.ts';

export interface Violation {
  /** The claim, or that the engines disagree. */
  readonly claim: string;
  readonly policy: string;
  /** A request, two requests, or a session. */
  readonly shown: string;
}

export interface Searched {
  /** Requests and sessions. */
  readonly requests: number;
  readonly pairs: number;
  readonly violation: Violation | undefined;
}

/** The modules of the policy, of the one that falsifies its claims, and of the other version. */
export interface Modules {
  readonly policy: Ask;
  readonly falsifier: Ask;
  readonly changed: Ask;
}

export interface SearchOptions {
  /** For each claim. */
  readonly requests: number;
  readonly seed: number;
}

/** One of this many requests is evaluated by the evaluator as well. */
const perEvaluation = 8;
/** The share of requests that explore the policy; they take longer than the others. */
const aimedShare = 1 / 10;
/** Contents of external tables: loading takes longer than deciding. */
const requestsPerContent = 100;

export function searchFor(
  material: Material,
  written: WrittenPolicy,
  modules: Modules,
  proofs: Proofs,
  options: SearchOptions,
): Searched {
  const search = new Search(material, written, modules, proofs, options);
  if (material.hasHistory) return search.sessions();
  return search.requests();
}

class Search {
  readonly #material: Material;
  readonly #written: WrittenPolicy;
  readonly #modules: Modules;
  readonly #proofs: Proofs;
  readonly #options: SearchOptions;
  readonly #dice: Dice;
  readonly #pairs: RequestPairs;
  #violation: Violation | undefined;
  #pairCount = 0;

  constructor(
    material: Material,
    written: WrittenPolicy,
    modules: Modules,
    proofs: Proofs,
    options: SearchOptions,
  ) {
    this.#material = material;
    this.#written = written;
    this.#modules = modules;
    this.#proofs = proofs;
    this.#options = options;
    this.#dice = new Dice(random(options.seed));
    this.#pairs = new RequestPairs(this.#dice, proofs.changes);
  }

  requests(): Searched {
    const { own, changes, differences } = this.#proofs;
    const total = this.#options.requests;
    let count = 0;
    if (own.size + changes.size + differences.size > 0)
      for (const { text, tables } of this.#drawn()) {
        if (count >= total || this.#violation !== undefined) break;
        if (this.#try(text, tables, count % perEvaluation === 0)) count += 1;
      }
    return { requests: count, pairs: this.#pairCount, violation: this.#violation };
  }

  *#drawn(): Iterable<{ readonly text: string; readonly tables: TableTexts }> {
    const { requests, seed } = this.#options;
    const aimed = Math.ceil(requests * aimedShare);
    for (const { sample, answers } of aimedRequests([this.#written.policy], {
      samples: aimed,
      seed,
    }))
      if (answers[0]?.error === undefined) yield sample;
    let tables = noTables;
    for (let index = 0; ; index += 1) {
      if (index % requestsPerContent === 0)
        tables = this.#material.tables?.(this.#dice) ?? noTables;
      yield { text: drawRequest(this.#material, this.#dice), tables };
    }
  }

  /** Whether the request is valid. */
  #try(text: string, tables: TableTexts, isEvaluated: boolean): boolean {
    const { policy, falsifier, changed } = this.#modules;
    const { own, differences, changes } = this.#proofs;
    const answer = policy(text, undefined, tables);
    if (answer.error !== undefined) return false;
    const denied = new Set(falsifier(text, undefined, tables).reasons);
    const isViolated = ({ name, effect }: Written) =>
      denied.has(name) && (effect === undefined || effect === answer.effect);
    const violated = this.#written.claims.filter(isViolated).map(({ name }) => name);
    const wrong = violated.find((name) => own.has(name));
    if (wrong !== undefined) this.#note(`invariant ${wrong}`, text, tables);
    if (isEvaluated) this.#evaluate(text, tables, answer, violated);
    if (differences.size > 0) {
      const other = changed(text, undefined, tables);
      const kind = other.error === undefined ? kindOf(answer, other) : undefined;
      if (kind !== undefined && differences.has(kind))
        this.#note(`difference ${kind}`, text, tables);
    }
    if (changes.size > 0) this.#change(text, tables, answer);
    return true;
  }

  /** Compares the evaluator with the module. */
  #evaluate(text: string, tables: TableTexts, answer: Answer, violated: readonly string[]): void {
    const policy = filled(this.#written.policy, tables);
    const evaluated = evaluator(policy)(text);
    const bytes = new TextEncoder().encode(text);
    const judged = judgeInvariants(policy, bytes, { now: undefined, by: 'request' }, evaluated);
    const found = judged.flatMap(({ invariant, holds }) => (holds ? [] : [invariant.name]));
    if (!sameAnswer(evaluated, answer) || found.join() !== violated.join())
      this.#note(`the engines agree: ${found} and ${violated}`, text, tables);
  }

  #change(text: string, tables: TableTexts, answer: Answer): void {
    for (const { claim, changed } of this.#pairs.around(this.#written.policy, text)) {
      const after = this.#modules.policy(changed, undefined, tables);
      this.#pairCount += 1;
      if (after.error === undefined && areLoosened([], [answer, after]))
        this.#note(claim, `${text}\n${changed}`, tables);
    }
  }

  sessions(): Searched {
    const { own } = this.#proofs;
    let count = 0;
    const invariants = this.#written.policy.invariants.filter(({ name }) => own.has(name));
    while (own.size > 0 && count < this.#options.requests && this.#violation === undefined) {
      const sample = drawSession(this.#material, this.#dice);
      this.#play({ ...this.#written.policy, invariants }, sample);
      count += 1;
    }
    return { requests: count, pairs: 0, violation: this.#violation };
  }

  #play(policy: Policy, sample: SessionSample): void {
    const open = evaluatorSessions(policy, undefined, (present, session, now, answer) => {
      if (answer.error !== undefined || now > lastInstant) return;
      const judged = judgeInvariantsIn(present, session, now, answer);
      const broken = judged.find(({ holds }) => !holds);
      if (broken !== undefined)
        this.#note(`invariant ${broken.invariant.name}`, JSON.stringify(sample, plain), noTables);
    });
    play(open, sample);
  }

  #note(claim: string, shown: string, tables: TableTexts): void {
    const contents = [...tables].map(([name, content]) => `\ntable ${name}: ${content}`).join('');
    this.#violation ??= { claim, policy: this.#written.text, shown: `${shown}${contents}` };
  }
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
