// Decides whether a literal about the decisions of policies can be true for a request: refuted with a request, proved
// with a certificate that was checked, or neither, with the constructs for which the formula is not exact.

import { type EvaluatedAnswer, evaluate } from '@nhipol/language';
import type { Expr, PolicyModel } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import type { Certificate } from './certificate/certificate.ts';
import { effectNames, SymbolicDecision } from './decision/decision.ts';
import { Domains } from './domains/domains.ts';
import { twoWeeks, Windows } from './expressions/windows.ts';
import { ChangedFact, type Changes } from './facts/changed-fact.ts';
import type { Construct } from './facts/constructs.ts';
import { SymbolicEncoding } from './facts/encoding.ts';
import { SymbolicFacts } from './facts/facts.ts';
import type { Representation } from './facts/representation.ts';
import { Budget, Excess } from './formula/budget.ts';
import type { Formula, Literal } from './formula/formula.ts';
import { AnyHistory } from './history/any-history.ts';
import { Queries } from './queries.ts';
import type { Model, Solution } from './solver/solver.ts';
import { createListed } from './values/listed-values.ts';
import { createRequestJson, type TermModel } from './witness/request.ts';

/** Receives the request of each decision, its answer, and the literals that are true for the requests. */
export type Confirm<Confirmation> = (
  requests: readonly string[],
  answers: readonly EvaluatedAnswer[],
  isTrue: (literal: Literal) => boolean,
) => Confirmation | undefined;

export interface ProverOptions {
  /** The maximum number of conflicts of a search, with which the limits of `Budget` grow; default: 100,000. */
  readonly effort?: number;
  /** Why the formula of all claims cannot be made: nothing is decided. */
  readonly excess?: Excess;
  /** The maximum number of events of sessions that are searched for; default: 3. */
  readonly events?: number;
  /** Numbers from 0 to 1, for the choice between several requests. */
  readonly random: () => number;
}

export type Verdict<Confirmation = unknown> = Proved | Refuted<Confirmation> | Undecided;

export interface Proved {
  readonly kind: 'proved';
  readonly assumptions: ProverAssumptions;
  readonly certificate: Certificate;
  /** The proofs of both provers, if they agree. */
  readonly parts?: { readonly lists: ProverEvidence; readonly lemmas: ProverEvidence };
  readonly conflicts: number;
}

/** The result of a prover: a certificate, and the assumptions that it is about. */
export type ProverEvidence = Pick<Proved, 'assumptions' | 'certificate'>;

/** The requests that a proof is about, and the years in which it relates windows to the clock. */
export interface ProverAssumptions {
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
  /** Constructs for which the formula is not exact, or what is too large; none if a search ended early. */
  readonly because: readonly { readonly construct: Construct; readonly span: Span }[];
  readonly conflicts: number;
}

/** Whether a claim is proved for every request, and in sessions with any history. */
export function isProvedEverywhere(verdict: Verdict): boolean {
  return verdict.kind === 'proved' && verdict.assumptions.inSessions;
}

export type WithoutConflicts<V extends Verdict> = V extends unknown ? Omit<V, 'conflicts'> : never;

/**
 * A request for which an exact formula and the evaluator disagree: a bug.
 *
 * @public
 */
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
  readonly encoding: SymbolicEncoding;
  readonly facts: SymbolicFacts;
  readonly decisions: readonly SymbolicDecision[];
  protected readonly windows: Windows;
  readonly #options: ProverOptions;
  /** In the order in which they were added. */
  protected readonly years = new Set<number>();
  #made: Queries | undefined;
  /** Why nothing more is decided. */
  #excess: Excess | undefined;

  /** `changes`: the policies decide a second request as well, with these changes. */
  constructor(
    policies: readonly PolicyModel[],
    exprs: readonly Expr[],
    options: ProverOptions,
    changes?: (facts: SymbolicFacts) => Changes,
    represent: (encoding: SymbolicEncoding) => Representation = createListed,
  ) {
    this.#options = options;
    this.#excess = options.excess;
    const copies = changes === undefined ? 1 : 2;
    const budget = new Budget(options.effort);
    this.encoding = new SymbolicEncoding(
      new Domains(policies, { exprs, copies, budget }),
      represent,
    );
    this.facts = new SymbolicFacts(this.encoding, policies);
    this.windows = new Windows(this.encoding);
    const requests = [this.facts];
    if (changes !== undefined) {
      const as = ChangedFact.root(this.encoding, changes(this.facts));
      requests.push(new SymbolicFacts(this.encoding, policies, { facts: this.facts, as }));
    }
    this.decisions = requests.flatMap((facts) =>
      policies.map(
        (policy) => new SymbolicDecision(policy, facts, this.windows, new AnyHistory(policy)),
      ),
    );
  }

  /** Why the formula of the claims is not whole, if it is too large. */
  get excess(): Excess | undefined {
    return this.#excess;
  }

  get formula(): Formula {
    return this.encoding.formula;
  }

  /** The literals that certificates can be about, besides their roots. */
  get shared(): readonly Literal[] {
    return this.decisions.flatMap((decision) => [
      ...effectNames.map((effect) => decision.has(effect)),
      ...decision.reasons.values(),
    ]);
  }

  /** Made with the first query, after the claims. */
  protected get queries(): Queries {
    this.#made ??= new Queries(this.encoding, this.shared, this.#options.effort);
    return this.#made;
  }

  /**
   * Decides whether `goal` is false for every request. `confirm` receives valid requests and their answers, and returns
   * `undefined` if they do not show that the goal can be true. `isAboutHistory`: a proof for requests outside of
   * sessions says nothing.
   */
  decide<Confirmation>(
    goal: Literal,
    confirm: Confirm<Confirmation>,
    isAboutHistory = false,
  ): Verdict<Confirmation> {
    const before = this.#made?.conflicts ?? 0;
    const verdict = this.within(
      () => this.decideGoal(goal, confirm, isAboutHistory),
      (excess): WithoutConflicts<Undecided> => ({
        kind: 'undecided',
        because: [this.#reason(excess)],
      }),
    );
    return { ...verdict, conflicts: (this.#made?.conflicts ?? 0) - before };
  }

  /** Decides something, with as much as a claim may take. */
  protected within<Result, Otherwise>(
    decide: () => Result,
    otherwise: (excess: Excess) => Otherwise,
  ): Result | Otherwise {
    if (this.#excess !== undefined) return otherwise(this.#excess);
    this.encoding.budget.startClaim();
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof Excess)) throw error;
      // A part of the formula may be missing, so that a proof could not be derived again.
      if (error.what !== 'long search') this.#excess = error;
      return otherwise(error);
    }
  }

  #reason({ what, span }: Excess): Undecided['because'][number] {
    const [{ policy }] = this.decisions as readonly [SymbolicDecision];
    const isPlaced = what !== 'long search' && span !== undefined;
    return { construct: what, span: isPlaced ? span : policy.span };
  }

  protected decideGoal<Confirmation>(
    goal: Literal,
    confirm: Confirm<Confirmation>,
    isAboutHistory: boolean,
  ): WithoutConflicts<Verdict<Confirmation>> {
    const first = this.#solve(goal, true);
    if (first.kind === 'unsatisfiable') return this.proveGoals(goal, true, first.certificate);
    if (first.kind === 'satisfiable') {
      const found = this.#refute(goal, confirm);
      if (found !== undefined) return found;
    }
    const anywhere = this.#prove(goal, true, first, confirm);
    const dependsOnHistory =
      anywhere.kind === 'undecided' &&
      anywhere.because.some(({ construct }) => construct === 'history');
    if (isAboutHistory || !dependsOnHistory) return anywhere;
    const outside = this.#prove(goal, false, this.#solve(goal, false), confirm);
    return outside.kind === 'undecided' ? anywhere : outside;
  }

  /**
   * The indices of the goals that are false for every request, each by a checked proof. Goals for which a proof needs
   * more effort, or the instants of windows, are left out.
   */
  listExcluded(goals: readonly Literal[]): readonly number[] {
    const found: number[] = [];
    const open = new Set(goals.keys());
    for (const index of open) {
      const goal = goals[index] as Literal;
      const solution = this.within(
        () => this.#solve(goal, true),
        () => undefined,
      );
      if (solution === undefined) continue;
      if (solution.kind === 'unsatisfiable') {
        const proved = this.proveGoals(goal, true, solution.certificate);
        if (proved.kind === 'proved') found.push(index);
      }
      if (solution.kind !== 'satisfiable') continue;
      const { model } = solution;
      for (const other of open) if (model.isTrue(goals[other] as Literal)) open.delete(other);
    }
    return found;
  }

  /** The formulas that a certificate must refute, in the order in which they were made. */
  listRoots(goal: Literal, { inSessions, years }: ProverAssumptions): readonly Literal[] {
    this.#twoWeeks();
    for (const year of years) this.addYear(year);
    return [
      ...this.listAssumptions(goal, inSessions),
      ...this.encoding.sides,
      ...this.inYears(years),
    ];
  }

  protected listAssumptions(goal: Literal, inSessions: boolean): readonly Literal[] {
    return inSessions ? [goal] : [goal, -this.facts.inSession];
  }

  protected inYears(years: Iterable<number>): readonly Literal[] {
    return [...years].flatMap((year) => this.windows.inYear(year));
  }

  #solve(goal: Literal, inSessions: boolean): Solution {
    return this.queries.solve(this.listAssumptions(goal, inSessions), this.inYears(this.years));
  }

  /** Makes windows exact in the years in which a model contradicts them, until there is no model. */
  #prove<Confirmation>(
    goal: Literal,
    inSessions: boolean,
    first: Solution,
    confirm: Confirm<Confirmation>,
  ): WithoutConflicts<Verdict<Confirmation>> {
    let solution = first;
    for (let round = 0; solution.kind === 'satisfiable' && round < maxYears; round += 1) {
      const { model } = solution;
      const years = this.windows.wrongYears(model.readValue, model.isTrue);
      if (years.length === 0) {
        const { refuted } = this.confirmModel(model, confirm);
        if (refuted !== undefined) return refuted;
        break;
      }
      for (const year of years) this.addYear(year);
      solution = this.#solve(goal, inSessions);
    }
    if (solution.kind === 'unsatisfiable')
      return this.proveGoals(goal, inSessions, solution.certificate);
    const because = solution.kind === 'satisfiable' ? this.reasons(solution.model) : [];
    return { kind: 'undecided', because };
  }

  protected addYear(year: number): void {
    if (this.years.has(year)) return;
    this.years.add(year);
    this.windows.inYear(year);
  }

  protected proveGoals(
    goal: Literal,
    inSessions: boolean,
    certificate: Certificate,
  ): WithoutConflicts<Proved | Undecided> {
    const { incomplete } = this.encoding.domains;
    if (incomplete.size > 0) {
      const because = [...incomplete].map((span) => ({ construct: incompleteness, span }));
      return { kind: 'undecided', because };
    }
    const { unrepresented } = this.encoding;
    if (unrepresented.length > 0) {
      const because = unrepresented.map((span) => ({ construct: rivalTypes, span }));
      return { kind: 'undecided', because };
    }
    const assumptions = { inSessions, years: [...this.years] };
    const checked = this.queries.check(this.listRoots(goal, assumptions), certificate);
    if (checked.kind === 'refused')
      throw new Error(`broken invariant: certificate refused at ${checked.step}: ${checked.why}`);
    return { kind: 'proved', assumptions, certificate };
  }

  /**
   * The literals that are true for the requests for which the formula is exact: those that avoid all approximations, at
   * instants within two weeks.
   */
  get exact(): readonly Literal[] {
    return [...this.encoding.sides, ...this.#exactly];
  }

  get #exactly(): readonly Literal[] {
    return [...this.#twoWeeks(), ...this.encoding.approximations.map(({ when }) => -when)];
  }

  /** A request that the evaluator confirms: first where the formula is exact, then elsewhere. */
  #refute<Confirmation>(
    goal: Literal,
    confirm: Confirm<Confirmation>,
  ): WithoutConflicts<Refuted<Confirmation>> | undefined {
    const { preferences, usable } = this.encoding;
    const exact = [goal, ...this.#exactly];
    const loose = [goal, -this.facts.inSession, ...this.#twoWeeks()];
    for (const all of [exact, loose]) {
      const isExact = all === exact;
      let preferred = [...all, ...preferences, ...usable];
      let first = this.queries.solve(preferred, []);
      if (first.kind !== 'satisfiable' && usable.length > 0) {
        preferred = [...all, ...preferences];
        first = this.queries.solve(preferred, []);
      }
      const roots = first.kind === 'satisfiable' ? preferred : all;
      for (let index = 0; index < maxModels; index += 1) {
        const isFirst = index === 0 && roots === preferred;
        const solution = isFirst ? first : this.queries.solve(roots, [], this.#options.random);
        if (solution.kind !== 'satisfiable') break;
        const { refuted, requests, isTooLarge } = this.confirmModel(solution.model, confirm);
        if (refuted !== undefined) return refuted;
        if (isExact && !isTooLarge) throw new Disagreement(requests.join('\nand '));
      }
    }
    return undefined;
  }

  /** Whether the evaluator confirms the requests of a model; `isTooLarge`: they exceed a limit. */
  protected confirmModel<Confirmation>(
    model: Model,
    confirm: Confirm<Confirmation>,
    terms?: TermModel,
  ): {
    readonly refuted: WithoutConflicts<Refuted<Confirmation>> | undefined;
    readonly requests: readonly string[];
    readonly isTooLarge: boolean;
  } {
    const requests = this.#requests(model, terms);
    const [request = ''] = requests;
    const answers = this.decisions.map(({ policy }, index) =>
      evaluateRequest(policy, requests[index] ?? ''),
    );
    const error = answers.find((answer) => answer.error !== undefined)?.error;
    const confirmation = error === undefined ? confirm(requests, answers, model.isTrue) : undefined;
    const isTooLarge = error !== undefined && limits.has(error.code);
    const refuted =
      confirmation === undefined ? undefined : { kind: 'refuted' as const, request, confirmation };
    return { refuted, requests, isTooLarge };
  }

  /** The request of each decision. */
  #requests(model: Model, terms: TermModel | undefined): readonly string[] {
    const texts = new Map<SymbolicFacts, string>();
    return this.decisions.map(({ expressions: { facts } }) => {
      const text = texts.get(facts) ?? createRequestJson(facts, model, terms);
      texts.set(facts, text);
      return text;
    });
  }

  protected reasons({ isTrue }: Model): Undecided['because'] {
    const active = this.encoding.approximations.filter(({ when }) => isTrue(when));
    const found = new Map(
      active.map((approximation) => [
        `${approximation.construct} ${approximation.span.start}`,
        approximation,
      ]),
    );
    const because: { construct: Construct; span: Span }[] = [...found.values()];
    const [{ policy }] = this.decisions as readonly [SymbolicDecision];
    if (because.length === 0 && !this.windows.isEmpty)
      because.push({ construct: 'windows', span: policy.span });
    return because;
  }

  /** Windows are exact, and all instants that are tested are within two weeks. */
  #twoWeeks(): readonly Literal[] {
    return this.windows.within(twoWeeks.from, twoWeeks.to);
  }
}

const incompleteness: Construct = 'too many values';
const rivalTypes: Construct = 'rival types';

/** Errors of requests that exceed a limit, which the formula does not know. */
const limits: ReadonlySet<string> = new Set(['too_large', 'too_long', 'too_many']);

/** The answer to a request at its own time, without a session. */
function evaluateRequest(policy: PolicyModel, request: string): EvaluatedAnswer {
  return evaluate(policy, new TextEncoder().encode(request), {
    now: undefined,
    precedence: 'request',
  });
}
