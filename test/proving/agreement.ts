// Compares the formula of a policy with the evaluator, in both directions: models of the formula become requests that
// the evaluator must answer alike, and what the evaluator does with other requests must satisfy the formula.

import { effects } from '@nhipol/runtime/abi';
import type { Outcome } from '../../language/evaluator/outcome.ts';
import {
  type Expr,
  evaluate,
  everyExpr,
  exprsOfRule,
  exprsOfScore,
  type Policy,
} from '../../language/index.ts';
import { isText } from '../../proving/domains/flow.ts';
import type { Literal } from '../../proving/formula/formula.ts';
import { constant } from '../../proving/formula/linear.ts';
import { answerOf, Prover } from '../../proving/prover.ts';
import { solve } from '../../proving/solver/solve.ts';
import { isHeld } from '../../proving/symbolic/algebra.ts';
import { requestOf } from '../../proving/witness/request.ts';
import { explore } from '../../testing/explore/explore.ts';
import { random } from '../../testing/generate/random.ts';
import { filledAsTaken } from '../../testing/generate/tables.ts';

const byRequest = { now: undefined, by: 'request' } as const;
const encoder = new TextEncoder();

export function proverOf(policy: Policy, seed = 1): Prover {
  const claims = policy.invariants.map(({ claim }) => claim);
  return new Prover([policy], claims, { random: random(seed) });
}

export interface Compared {
  readonly count: number;
  /** The two results, where formula and evaluator differ. */
  readonly differences: readonly string[];
}

/** For each effect and each reason, requests of exact models, and how the evaluator answers them. */
export function compareModels(policy: Policy, perGoal: number, seed: number): Compared {
  const prover = proverOf(policy);
  const [decision] = prover.decisions;
  if (decision === undefined) throw new Error('there is one policy');
  const goals = [...effects.map((effect) => decision.has(effect)), ...decision.reasons.values()];
  const exact = [...prover.exact, ...prover.encoding.preferences];
  const differences: string[] = [];
  let count = 0;
  for (const [index, goal] of goals.entries()) {
    for (let turn = 0; turn < perGoal; turn += 1) {
      const choose = random(seed + index * perGoal + turn);
      const solution = solve(prover.formula, [goal, ...exact], { random: choose, effort: 500 });
      if (solution.kind !== 'satisfiable') break;
      const { model } = solution;
      const request = requestOf(prover.facts, model);
      const answer = answerOf(policy, request);
      if (answer.error?.code === 'too_large') continue;
      count += 1;
      const effect = effects.find((each) => model.isTrue(decision.has(each)));
      const reasons = [...decision.reasons].filter(([, each]) => model.isTrue(each));
      const predicted = `${effect} ${reasons.map(([id]) => id).sort()}`;
      const found = `${answer.effect} ${[...answer.reasons].sort()}`;
      if (answer.error !== undefined || predicted !== found)
        differences.push(`${predicted} | ${found} ${JSON.stringify(answer.error)} ${request}`);
    }
  }
  return { count, differences };
}

/** Requests that explore the policy; what the evaluator does with them must be possible in the formula. */
export function compareRequests(policy: Policy, samples: number, seed: number): Compared {
  const prover = proverOf(policy);
  const observer = new Observer(policy, prover);
  const differences: string[] = [];
  const seen = new Set<string>();
  let count = 0;
  for (const { sample } of explore([policy], { samples, seed })) {
    const observed = observer.observe(sample);
    if (observed === undefined) continue;
    const key = [...observed.keys()].sort().join(' ');
    if (seen.has(key)) continue;
    seen.add(key);
    count += 1;
    const roots = [...observed.keys(), -prover.facts.inSession, ...prover.encoding.sides];
    const solution = solve(prover.formula, roots, { effort: 1_000 });
    if (solution.kind !== 'unsatisfiable') continue;
    differences.push(`${smallestCore(prover, observed)} ${sample.text}`);
  }
  return { count, differences };
}

/** The observations that contradict the formula, as few as possible. */
function smallestCore(prover: Prover, observed: ReadonlyMap<Literal, string>): string {
  let core = [...observed.keys()];
  for (const each of [...core]) {
    const fewer = core.filter((literal) => literal !== each);
    const roots = [...fewer, -prover.facts.inSession, ...prover.encoding.sides];
    if (solve(prover.formula, roots, { effort: 1_000 }).kind === 'unsatisfiable') core = fewer;
  }
  return core.map((literal) => observed.get(literal)).join('; ');
}

class Observer {
  readonly #policy: Policy;
  readonly #prover: Prover;
  readonly #exprs: ReadonlySet<Expr>;

  constructor(policy: Policy, prover: Prover) {
    this.#policy = policy;
    this.#prover = prover;
    const exprs = everyExpr([
      ...policy.rules.flatMap(exprsOfRule),
      ...policy.scores.flatMap(exprsOfScore),
    ]);
    const { flow } = prover.encoding.domains;
    this.#exprs = new Set([...exprs].filter((expr) => flow.freeIn(expr).size === 0));
  }

  /** The literals that are true for a request, each in words; undefined if it is not valid. */
  observe({
    text,
    tables,
  }: {
    readonly text: string;
    readonly tables: Parameters<typeof filledAsTaken>[1];
  }): ReadonlyMap<Literal, string> | undefined {
    const outcomes = new Map<Expr, Outcome>();
    const answer = evaluate(filledAsTaken(this.#policy, tables), encoder.encode(text), byRequest, {
      expression: (expr, outcome) => outcomes.set(expr, outcome),
    });
    if (answer.error !== undefined) return undefined;
    const [decision] = this.#prover.decisions;
    if (decision === undefined) throw new Error('there is one policy');
    const found = new Map<Literal, string>([[decision.has(answer.effect), answer.effect]]);
    for (const [id, literal] of decision.reasons) {
      const isReason = answer.reasons.includes(id);
      found.set(isReason ? literal : -literal, `${isReason ? '' : 'not '}because ${id}`);
    }
    for (const [expr, outcome] of outcomes) {
      if (!this.#exprs.has(expr)) continue;
      for (const literal of this.#literals(expr, outcome))
        found.set(literal, `${this.#words(expr)} is ${String(outcome.value)}`);
    }
    found.delete(1);
    return found;
  }

  #words({ span, kind }: Expr): string {
    const source = this.#policy.sources.find(({ path }) => path === span.file);
    return `${kind} \`${source?.text.slice(span.start, span.end)}\``;
  }

  #literals(expr: Expr, { value }: Outcome): readonly Literal[] {
    const [decision] = this.#prover.decisions;
    const { formula, encoding } = this.#prover;
    const symbolic = decision?.expressions.value(expr);
    if (symbolic === undefined) return [];
    if (symbolic.kind === 'truth') {
      if (value === undefined) return [-symbolic.yes, -symbolic.no];
      return [value === true ? symbolic.yes : symbolic.no];
    }
    if (symbolic.kind === 'record') return [];
    const held = isHeld(formula, symbolic);
    const presence = value === undefined ? -held : held;
    if (symbolic.kind === 'choice' && value !== undefined) {
      const place = encoding.domains.flow.placeOf(expr);
      const isKnown =
        !isText(expr.type) ||
        (place !== undefined && encoding.domains.isConstant(place, value as string));
      return isKnown ? [presence, symbolic.values.get(value as string) ?? -1] : [presence];
    }
    if (symbolic.kind === 'number' && symbolic.clock === 'none' && typeof value === 'bigint') {
      const equal = symbolic.cases.map(({ guard, term }) =>
        formula.and(guard, formula.equal(term, constant(value))),
      );
      return [presence, formula.any(equal)];
    }
    return [presence];
  }
}
