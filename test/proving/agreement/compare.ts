// Compares the formula of a policy with the evaluator, in both directions: models of the formula become requests that
// the evaluator must answer alike, and what the evaluator does with other requests must satisfy the formula.

import { evaluate } from '@nhipol/language';
import type { Expr, PolicyModel } from '@nhipol/language/model';
import { lastInstant, toYear } from '@nhipol/language/types';
import type { Literal, Prover } from '@nhipol/proving';
import { effects } from '@nhipol/runtime/abi';
import { createEvaluatorSessions, createRandomNumbers, filledAsTaken } from '@nhipol/testing';
import { yes } from '../../../assurance/proving/formula/formula.ts';
import { type Means, createProver as makeProver } from '../../../assurance/proving/provers.ts';
import { solve } from '../../../assurance/proving/solver/solve.ts';
import { createRequestJson } from '../../../assurance/proving/witness/request.ts';
import { explore } from '../../../assurance/testing/explore/explore.ts';
import { exploreSessions } from '../../../assurance/testing/explore/explore-sessions.ts';
import { playSessionSample, readRequestTime } from '../../../assurance/testing/explore/sessions.ts';
import type { EvaluatedValue } from '../../../language/evaluator/outcome.ts';
import { mixRequests } from './mixed-requests.ts';
import { type Evaluated, type Observed, Observer } from './observer.ts';

const encoder = new TextEncoder();

export function createPolicyProver(policy: PolicyModel, seed = 1, by: Means = 'lists'): Prover {
  const claims = policy.invariants.map(({ claim }) => claim);
  return makeProver([policy], claims, { random: createRandomNumbers(seed), by });
}

export interface Compared {
  /** The number of requests; those of which the same is observed are one. */
  readonly count: number;
  /** The number of all requests. */
  readonly requests: number;
  /** The number of literals that were compared. */
  readonly literals: number;
  /** The values in which formula and evaluator differ, with the request. */
  readonly differences: readonly string[];
}

/** For each effect and each reason, requests of exact models, and what the evaluator does with them. */
export function compareModels(policy: PolicyModel, perGoal: number, seed: number): Compared {
  const prover = createPolicyProver(policy);
  const [decision] = prover.decisions;
  if (decision === undefined) throw new Error('there is one policy');
  const observer = new Observer(policy, prover, true);
  const violations = policy.invariants.map((each) => decision.violates(each));
  const goals = [
    ...effects.map((effect) => decision.has(effect)),
    ...decision.reasons.values(),
    ...violations,
  ];
  const exact = [...prover.exact, ...prover.encoding.preferences];
  const differences: string[] = [];
  let [count, literals] = [0, 0];
  for (const [index, goal] of goals.entries()) {
    for (let turn = 0; turn < perGoal; turn += 1) {
      const choose = createRandomNumbers(seed + index * perGoal + turn);
      const solution = solve(prover.formula, [goal, ...exact], { random: choose, effort: 500 });
      if (solution.kind !== 'satisfiable') break;
      const { model } = solution;
      const request = createRequestJson(prover.facts, model);
      const evaluated = evaluateAlone(policy, request);
      const { error } = evaluated.answer;
      if (isTooLarge(error)) continue;
      count += 1;
      if (error !== undefined) {
        differences.push(`${JSON.stringify(error)} ${request}`);
        continue;
      }
      const observed = observer.observe(evaluated);
      literals += observed.size;
      const wrong = [...observed].filter(([literal]) => !model.isTrue(literal));
      if (wrong.length > 0)
        differences.push(`${wrong.map(([, words]) => words()).join('; ')} ${request}`);
    }
  }
  return { count, requests: count, literals, differences };
}

function isTooLarge(error: Evaluated['answer']['error']): boolean {
  return (error as { readonly code?: string } | undefined)?.code === 'too_large';
}

/** Evaluates a request at its own time, without a session. */
function evaluateAlone(policy: PolicyModel, request: string): Evaluated {
  const outcomes = new Map<Expr, EvaluatedValue>();
  const clock = { now: undefined, precedence: 'request' } as const;
  const answer = evaluate(policy, encoder.encode(request), clock, {
    expression: (expr, outcome) => outcomes.set(expr, outcome),
  });
  return { request, now: undefined, answer, outcomes };
}

/** Requests that explore the policy; what the evaluator does with them must be possible in the formula. */
export function compareRequests(
  policy: PolicyModel,
  samples: number,
  seed: number,
  by: Means = 'lists',
): Compared {
  const possible = new Possible(policy, false, by);
  for (const { sample } of explore([policy], { samples, seed })) {
    const evaluated = evaluateAlone(filledAsTaken(policy, sample.tables), sample.text);
    if (evaluated.answer.error === undefined) possible.check(evaluated);
  }
  return possible.compared;
}

/** The same for requests that are given. */
export function compareGiven(
  policy: PolicyModel,
  requests: readonly string[],
  by: Means = 'lists',
): Compared {
  const possible = new Possible(policy, false, by);
  for (const request of requests) {
    const evaluated = evaluateAlone(policy, request);
    if (evaluated.answer.error === undefined) possible.check(evaluated);
  }
  return possible.compared;
}

/**
 * The same for any number of requests that are mixed from those that explore the policy, for the formula of terms. Ends early
 * after some milliseconds of processor time.
 */
export function compareMixed(
  policy: PolicyModel,
  count: number,
  seed: number,
  limit = Number.POSITIVE_INFINITY,
): Compared {
  const possible = new Possible(policy, false, 'lemmas');
  const before = process.cpuUsage();
  for (const { text, tables } of mixRequests(policy, count, seed)) {
    const evaluated = evaluateAlone(filledAsTaken(policy, tables), text);
    if (evaluated.answer.error === undefined) possible.check(evaluated);
    const { user, system } = process.cpuUsage(before);
    if (user + system > limit * 1_000) break;
  }
  return possible.compared;
}

/** The same for the answers in sessions, of which the formula allows any history. */
export function compareSessions(
  policy: PolicyModel,
  samples: number,
  seed: number,
  by: Means = 'lists',
): Compared {
  const possible = new Possible(policy, true, by);
  for (const { sample } of exploreSessions(policy, { samples, seed })) {
    const traces: Map<Expr, EvaluatedValue>[] = [];
    const open = createEvaluatorSessions(policy, () => {
      const outcomes = new Map<Expr, EvaluatedValue>();
      traces.push(outcomes);
      return { expression: (expr, outcome) => outcomes.set(expr, outcome) };
    });
    let request = sample.request;
    let now = sample.opens;
    const answers = playSessionSample(open, {
      ...sample,
      steps: sample.steps.map((step) => ({ ...step, asks: Math.min(step.asks, 1) })),
    });
    for (const [index, answer] of answers.entries()) {
      const step = sample.steps[index];
      request = step?.request ?? request;
      now += step?.after ?? 0n;
      const outcomes = traces[index];
      if (answer.error !== undefined || outcomes === undefined || outcomes.size === 0) continue;
      // Proofs are about clocks that show an instant of RFC 3339.
      if (now > lastInstant) continue;
      possible.check({ request, now, answer, outcomes });
    }
  }
  return possible.compared;
}

/** Requests add constants, which make the formula of terms larger: up to this number of nodes for each at first. */
const maxGrowth = 8;

/** Checks that what the evaluator did is possible in the formula; the same is checked once. */
class Possible {
  readonly #policy: PolicyModel;
  readonly #inSessions: boolean;
  readonly #by: Means;
  #prover: Prover;
  #observer: Observer;
  readonly #seen = new Set<string>();
  readonly #differences: string[] = [];
  /** The number of nodes at first. */
  readonly #size: number;
  #count = 0;
  #requests = 0;
  #literals = 0;
  /** Windows are related to the clock in the first year. */
  #year: number | undefined;

  constructor(policy: PolicyModel, inSessions: boolean, by: Means) {
    this.#policy = policy;
    this.#inSessions = inSessions;
    this.#by = by;
    this.#prover = createPolicyProver(policy, 1, by);
    this.#observer = new Observer(policy, this.#prover, false);
    this.#size = this.#prover.formula.size;
  }

  get compared(): Compared {
    const [count, requests] = [this.#count, this.#requests];
    return { count, requests, literals: this.#literals, differences: this.#differences };
  }

  check(evaluated: Evaluated): void {
    this.#requests += 1;
    if (this.#by === 'lemmas' && this.#prover.formula.size > maxGrowth * this.#size) {
      this.#prover = createPolicyProver(this.#policy, 1, this.#by);
      this.#observer = new Observer(this.#policy, this.#prover, false);
      this.#seen.clear();
    }
    const observed = this.#observer.observe(evaluated);
    const key = [...observed.keys()].sort().join(' ');
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#count += 1;
    this.#literals += observed.size;
    const time = readRequestTime(evaluated.request);
    if (time !== undefined) this.#year ??= toYear(Number(time));
    if (!this.#isImpossible([...observed.keys()])) return;
    this.#differences.push(`${this.#smallestCore(observed)} ${evaluated.request}`);
  }

  #isImpossible(literals: readonly Literal[]): boolean {
    const session = this.#prover.facts.inSession;
    if (this.#by === 'lemmas') {
      const { formula } = this.#prover;
      const goal = formula.and(...literals, this.#inSessions ? session : -session);
      // As for claims about history: the goal says whether it is about a session, so that one search is sufficient.
      const verdict = this.#prover.decide(goal, () => undefined, true);
      return verdict.kind === 'proved' && verdict.assumptions.inSessions;
    }
    const years = this.#year === undefined ? [] : [this.#year];
    const [first = yes, ...others] = literals;
    const roots = this.#prover.listRoots(first, { inSessions: true, years });
    const all = [...roots, ...others, this.#inSessions ? session : -session];
    return solve(this.#prover.formula, all, { effort: 1_000 }).kind === 'unsatisfiable';
  }

  /** The observations that contradict the formula, as few as possible. */
  #smallestCore(observed: Observed): string {
    let core = [...observed.keys()];
    for (const each of [...core]) {
      const fewer = core.filter((literal) => literal !== each);
      if (this.#isImpossible(fewer)) core = fewer;
    }
    return core.map((literal) => observed.get(literal)?.()).join('; ');
  }
}
