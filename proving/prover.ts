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
import { type Model, solve } from './solver/solve.ts';
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
  readonly roots: readonly Literal[];
  readonly certificate: Certificate;
  readonly conflicts: number;
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
    let conflicts = 0;
    const search = (roots: readonly Literal[], random?: () => number) => {
      const { effort } = this.#options;
      const solution = solve(this.formula, roots, { ...(effort && { effort }), random });
      conflicts += solution.conflicts;
      return solution;
    };
    const every = () => [goal, ...this.encoding.sides, ...this.#windowLemmas()];
    let roots = every();
    let solution = search(roots);
    if (solution.kind === 'satisfiable') {
      const found = this.#refute(goal, search, confirm);
      if (found !== undefined) return { ...found, conflicts };
    }
    for (let round = 0; solution.kind === 'satisfiable' && round < maxYears; round += 1) {
      const { model } = solution;
      const years = this.#windows.wrongYears(model.valueOf, model.isTrue);
      if (years.length === 0) break;
      for (const year of years) this.#years.add(year);
      roots = every();
      solution = search(roots);
    }
    if (solution.kind === 'unsatisfiable') return this.#proved(roots, solution, conflicts);
    const model = solution.kind === 'satisfiable' ? solution.model : undefined;
    return { kind: 'undecided', because: model ? this.#reasons(model) : [], conflicts };
  }

  #proved(
    roots: readonly Literal[],
    { certificate }: { readonly certificate: Certificate },
    conflicts: number,
  ): Proved | Undecided {
    const { incomplete } = this.encoding.domains;
    const because = [...incomplete].map((span) => ({
      construct: 'too many values' as const,
      span,
    }));
    if (because.length > 0) return { kind: 'undecided', because, conflicts };
    const checked = checkCertificate(this.formula, roots, certificate);
    if (checked.kind === 'refused')
      throw new Error(`broken invariant: certificate refused at ${checked.step}: ${checked.why}`);
    return { kind: 'proved', roots, certificate, conflicts };
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
    search: (roots: readonly Literal[], random?: () => number) => ReturnType<typeof solve>,
    confirm: Confirm<Confirmation>,
  ): Omit<Refuted<Confirmation>, 'conflicts'> | undefined {
    const { sides, preferences } = this.encoding;
    const exact = [goal, ...this.exact];
    const loose = [goal, ...sides, ...this.#twoWeeks()];
    for (const roots of [[...exact, ...preferences], exact, [...loose, ...preferences], loose]) {
      const isExact = roots.length > loose.length + preferences.length || roots === exact;
      for (let index = 0; index < maxModels; index += 1) {
        const solution = search(roots, index === 0 ? undefined : this.#options.random);
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

  /** Windows are exact in the years in which a model contradicted them. */
  #windowLemmas(): readonly Literal[] {
    return [...this.#years].sort().flatMap((year) => this.#windows.inYear(year));
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

/** Errors of requests that exceed a limit, which the formula does not know. */
const limits: ReadonlySet<string> = new Set(['too_large', 'too_long', 'too_many']);

/** The answer to a request at its own time, without a session. */
export function answerOf(policy: Policy, request: string): Answer {
  return evaluate(policy, new TextEncoder().encode(request), { now: undefined, by: 'request' });
}

/** From 2026-03-02, a Monday. */
const twoWeeks = { from: 1_772_409_600_000n, to: 1_773_619_200_000n };
