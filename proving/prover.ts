// Decides whether a literal about the decisions of policies can be true for a request: refuted with a request, proved
// with a certificate that was checked, or neither, with the constructs for which the formula is not exact.

import { type Answer, type Expr, evaluate, type Policy, type Span } from '../language/index.ts';
import type { Certificate } from './certificate/certificate.ts';
import { checkCertificate } from './certificate/check-certificate.ts';
import { Decision } from './decision/decision.ts';
import { Domains } from './domains/domains.ts';
import { Windows } from './expressions/windows.ts';
import type { Construct } from './facts/constructs.ts';
import { Encoding } from './facts/encoding.ts';
import { Facts } from './facts/facts.ts';
import type { Formula, Literal } from './formula/formula.ts';
import { constant, type Linear } from './formula/linear.ts';
import { type Model, type Solution, solve } from './solver/solve.ts';
import { requestOf } from './witness/request.ts';

export type Confirm<Confirmation> = (
  request: string,
  answers: readonly Answer[],
) => Confirmation | undefined;

export interface ProverOptions {
  /** The maximum number of conflicts of a search; default: 100,000. */
  readonly effort?: number;
  /** Numbers from 0 to 1, for the choice between several requests. */
  readonly random: () => number;
}

export type Verdict<Confirmation = unknown> = Proved | Refuted<Confirmation> | Undecided;

export interface Proved {
  readonly kind: 'proved';
  readonly assumptions: Assumptions;
  readonly certificate: Certificate;
  readonly conflicts: number;
}

/** The requests that a proof is about, and the years in which it relates windows to the clock. */
export interface Assumptions {
  /** Whether it holds in sessions with any history as well. */
  readonly inSessions: boolean;
  /** In the order in which they were needed, which determines the formula. */
  readonly years: readonly number[];
}

export interface Refuted<Confirmation> {
  readonly kind: 'refuted';
  readonly request: string;
  readonly confirmation: Confirmation;
  readonly conflicts: number;
}

export interface Undecided {
  readonly kind: 'undecided';
  /** Constructs for which the formula is not exact; none if the effort was used up. */
  readonly because: readonly { readonly construct: Construct; readonly span: Span }[];
  readonly conflicts: number;
}

/** A request for which an exact formula and the evaluator disagree: a bug. */
export class Disagreement extends Error {
  readonly request: string;

  constructor(request: string) {
    super(`broken invariant: the evaluator does not confirm ${request}`);
    this.request = request;
  }
}

/** Models that are tried before a refutation is given up. */
const maxModels = 16;
/** Years in which windows are made exact before a proof is given up. */
const maxYears = 8;

export class Prover {
  readonly encoding: Encoding;
  readonly facts: Facts;
  readonly decisions: readonly Decision[];
  readonly #windows: Windows;
  readonly #options: ProverOptions;
  /** In the order in which they were added. */
  readonly #years = new Set<number>();

  constructor(policies: readonly Policy[], exprs: readonly Expr[], options: ProverOptions) {
    this.#options = options;
    this.encoding = new Encoding(new Domains(policies, { exprs }));
    this.facts = new Facts(this.encoding, policies);
    this.#windows = new Windows(this.encoding);
    this.decisions = policies.map((policy) => new Decision(policy, this.facts, this.#windows));
  }

  get formula(): Formula {
    return this.encoding.formula;
  }

  /**
   * Decides whether `goal` is false for every request. `confirm` receives a valid request and the answer of each policy;
   * undefined: they do not show that the goal can be true.
   */
  decide<Confirmation>(goal: Literal, confirm: Confirm<Confirmation>): Verdict<Confirmation> {
    const search = new Searches(this.formula, this.#options);
    const first = search.solve(this.#roots(goal, true));
    if (first.kind === 'unsatisfiable') return this.#proved(true, first.certificate, search);
    if (first.kind === 'satisfiable') {
      const found = this.#refute(goal, search, confirm);
      if (found !== undefined) return { ...found, conflicts: search.conflicts };
    }
    const anywhere = this.#prove(goal, true, first, search);
    if (
      anywhere.kind === 'proved' ||
      anywhere.because.every((each) => each.construct !== 'history')
    )
      return anywhere;
    const outside = this.#prove(goal, false, search.solve(this.#roots(goal, false)), search);
    return outside.kind === 'proved' ? outside : anywhere;
  }

  /**
   * The indices of the goals that are false for every request, all of them by one checked proof. Goals for which a proof
   * needs more effort, or the instants of windows, are left out.
   */
  excluded(goals: readonly Literal[]): readonly number[] {
    const search = new Searches(this.formula, this.#options);
    let open = [...goals.keys()];
    while (open.length > 0) {
      const any = this.formula.any(open.map((index) => goals[index] as Literal));
      const solution = search.solve(this.#roots(any, true));
      if (solution.kind === 'undecided') return [];
      if (solution.kind === 'unsatisfiable')
        return this.#proved(true, solution.certificate, search).kind === 'proved' ? open : [];
      const { model } = solution;
      open = open.filter((index) => !model.isTrue(goals[index] as Literal));
    }
    return [];
  }

  /** The formulas that a certificate must refute, in the order in which they were made. */
  rootsOf(goal: Literal, { inSessions, years }: Assumptions): readonly Literal[] {
    this.#twoWeeks();
    for (const year of years) this.#addYear(year);
    return this.#roots(goal, inSessions);
  }

  #roots(goal: Literal, inSessions: boolean): readonly Literal[] {
    const outside = inSessions ? [] : [-this.facts.inSession];
    const lemmas = [...this.#years].flatMap((year) => this.#windows.inYear(year));
    return [goal, ...outside, ...this.encoding.sides, ...lemmas];
  }

  /** Makes windows exact in the years in which a model contradicts them, until there is no model. */
  #prove(
    goal: Literal,
    inSessions: boolean,
    first: Solution,
    search: Searches,
  ): Proved | Undecided {
    let solution = first;
    for (let round = 0; solution.kind === 'satisfiable' && round < maxYears; round += 1) {
      const { model } = solution;
      const years = this.#windows.wrongYears(model.valueOf, model.isTrue);
      if (years.length === 0) break;
      for (const year of years) this.#addYear(year);
      solution = search.solve(this.#roots(goal, inSessions));
    }
    if (solution.kind === 'unsatisfiable')
      return this.#proved(inSessions, solution.certificate, search);
    const because = solution.kind === 'satisfiable' ? this.#reasons(solution.model) : [];
    return { kind: 'undecided', because, conflicts: search.conflicts };
  }

  #addYear(year: number): void {
    if (this.#years.has(year)) return;
    this.#years.add(year);
    this.#windows.inYear(year);
  }

  #proved(
    inSessions: boolean,
    certificate: Certificate,
    { conflicts, last }: Searches,
  ): Proved | Undecided {
    const { incomplete } = this.encoding.domains;
    if (incomplete.size > 0) {
      const because = [...incomplete].map((span) => ({ construct: incompleteness, span }));
      return { kind: 'undecided', because, conflicts };
    }
    const checked = checkCertificate(this.formula, last, certificate);
    if (checked.kind === 'refused')
      throw new Error(`broken invariant: certificate refused at ${checked.step}: ${checked.why}`);
    const assumptions = { inSessions, years: [...this.#years] };
    return { kind: 'proved', assumptions, certificate, conflicts };
  }

  /**
   * The literals that are true for the requests for which the formula is exact: those that avoid all approximations, at
   * instants within two weeks.
   */
  get exact(): readonly Literal[] {
    const { sides, approximations } = this.encoding;
    return [...sides, ...this.#twoWeeks(), ...approximations.map(({ when }) => -when)];
  }

  /** A request that the evaluator confirms: first where the formula is exact, then elsewhere. */
  #refute<Confirmation>(
    goal: Literal,
    search: Searches,
    confirm: Confirm<Confirmation>,
  ): Omit<Refuted<Confirmation>, 'conflicts'> | undefined {
    const { sides, preferences } = this.encoding;
    const exact = [goal, ...this.exact];
    const loose = [goal, -this.facts.inSession, ...sides, ...this.#twoWeeks()];
    for (const all of [exact, loose]) {
      const isExact = all === exact;
      const preferred = [...all, ...preferences];
      const first = search.solve(preferred);
      const roots = first.kind === 'satisfiable' ? preferred : all;
      for (let index = 0; index < maxModels; index += 1) {
        const isFirst = index === 0 && roots === preferred;
        const solution = isFirst ? first : search.solve(roots, this.#options.random);
        if (solution.kind !== 'satisfiable') break;
        const request = requestOf(this.facts, solution.model);
        const answers = this.decisions.map(({ policy }) => answerOf(policy, request));
        const error = answers.find((answer) => answer.error !== undefined)?.error;
        const confirmation = error === undefined ? confirm(request, answers) : undefined;
        if (confirmation !== undefined) return { kind: 'refuted', request, confirmation };
        const isTooLarge = error !== undefined && limits.has(error.code);
        if (isExact && !isTooLarge) throw new Disagreement(request);
      }
    }
    return undefined;
  }

  #reasons({ isTrue }: Model): Undecided['because'] {
    const active = this.encoding.approximations.filter(({ when }) => isTrue(when));
    const found = new Map(active.map((each) => [`${each.construct} ${each.span.start}`, each]));
    const because: { construct: Construct; span: Span }[] = [...found.values()];
    const [{ policy }] = this.decisions as readonly [Decision];
    if (because.length === 0 && !this.#windows.isEmpty)
      because.push({ construct: 'windows', span: policy.span });
    return because;
  }

  /** Windows are exact, and all instants that are tested are within two weeks. */
  #twoWeeks(): readonly Literal[] {
    const isIn = (instant: Linear) =>
      this.formula.and(
        this.formula.atMost(constant(twoWeeks.from), instant),
        this.formula.below(instant, constant(twoWeeks.to)),
      );
    return [
      ...this.#windows.instants.map(isIn),
      ...this.#windows.between(twoWeeks.from, twoWeeks.to),
    ];
  }
}

const incompleteness: Construct = 'too many values';

/** The searches for one verdict. */
class Searches {
  readonly #formula: Formula;
  readonly #effort: number | undefined;
  conflicts = 0;
  /** The formulas of the last search. */
  last: readonly Literal[] = [];

  constructor(formula: Formula, { effort }: ProverOptions) {
    this.#formula = formula;
    this.#effort = effort;
  }

  solve(roots: readonly Literal[], random?: () => number): Solution {
    const effort = this.#effort === undefined ? {} : { effort: this.#effort };
    const solution = solve(this.#formula, roots, { ...effort, random });
    this.conflicts += solution.conflicts;
    this.last = roots;
    return solution;
  }
}

/** Errors of requests that exceed a limit, which the formula does not know. */
const limits: ReadonlySet<string> = new Set(['too_large', 'too_long', 'too_many']);

/** The answer to a request at its own time, without a session. */
export function answerOf(policy: Policy, request: string): Answer {
  return evaluate(policy, new TextEncoder().encode(request), { now: undefined, by: 'request' });
}

/** From 2026-03-02, a Monday. */
const twoWeeks = { from: 1_772_409_600_000n, to: 1_773_619_200_000n };
