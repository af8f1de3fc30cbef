// Decides claims without lists of values: what conditions say about strings, addresses and sets are free literals, and
// only lemmas relate them, which a checker of their own accepts. A model is one of a request that the evaluator
// confirms, or it violates a lemma, or the claim is left open.

import type { Expr, PolicyModel } from '@nhipol/language/model';
import type { Changes } from './facts/changed-fact.ts';
import type { SymbolicFacts } from './facts/facts.ts';
import { type Literal, yes } from './formula/formula.ts';
import { LemmasAtOnce } from './lemmas/at-once.ts';
import { createClosure, findViolatedEqualities } from './lemmas/equalities.ts';
import { createJustification } from './lemmas/justification.ts';
import { Said } from './lemmas/said.ts';
import { assignValues } from './lemmas/values.ts';
import {
  type Confirm,
  Prover,
  type ProverAssumptions,
  type ProverOptions,
  type Undecided,
  type Verdict,
  type WithoutConflicts,
} from './prover.ts';
import type { Model } from './solver/solver.ts';
import type { Lemma } from './terms/lemma.ts';
import type { Term } from './terms/terms.ts';
import { asTerms } from './values/term-values.ts';
import type { TermModel } from './witness/request.ts';

/** Models that are tried before a claim is left open. */
const maxRounds = 400;
/** Years in which windows are made exact before a claim is left open. */
const maxYears = 8;

export class LemmaProver extends Prover {
  readonly #atOnce: LemmasAtOnce;
  /** In the order in which they were found. */
  readonly #lemmas: Lemma[] = [];

  constructor(
    policies: readonly PolicyModel[],
    exprs: readonly Expr[],
    options: ProverOptions,
    changes?: (facts: SymbolicFacts) => Changes,
  ) {
    super(policies, exprs, options, changes, asTerms);
    this.#atOnce = new LemmasAtOnce(this.encoding.terms);
  }

  /** All lemmas so far. */
  get lemmas(): readonly Lemma[] {
    return this.#lemmas;
  }

  protected override decideGoal<Confirmation>(
    goal: Literal,
    confirm: Confirm<Confirmation>,
    isAboutHistory: boolean,
  ): WithoutConflicts<Verdict<Confirmation>> {
    const anywhere = this.#decideWhere(goal, true, confirm);
    if (isAboutHistory || anywhere.kind !== 'undecided') return anywhere;
    const outside = this.#decideWhere(goal, false, confirm);
    return outside.kind === 'undecided' ? anywhere : outside;
  }

  override listExcluded(goals: readonly Literal[]): readonly number[] {
    return [...goals.keys()].filter((index) => {
      const verdict = this.within(
        () => this.#decideWhere(goals[index] ?? yes, true, () => undefined),
        () => undefined,
      );
      return verdict?.kind === 'proved';
    });
  }

  override listRoots(goal: Literal, { inSessions, years }: ProverAssumptions): readonly Literal[] {
    this.encoding.elements.settle();
    for (const year of years) this.addYear(year);
    const assumptions = this.listAssumptions(goal, inSessions);
    return [...assumptions, ...this.encoding.sides, ...this.inYears(years)];
  }

  #decideWhere<Confirmation>(
    goal: Literal,
    inSessions: boolean,
    confirm: Confirm<Confirmation>,
  ): WithoutConflicts<Verdict<Confirmation>> {
    this.encoding.elements.settle();
    let because: Undecided['because'] = [];
    for (let round = 0; round < maxRounds; round += 1) {
      this.#add(this.#atOnce.next());
      const assumptions = this.listAssumptions(goal, inSessions);
      const solution = this.queries.solve(assumptions, this.inYears(this.years));
      if (solution.kind === 'undecided') break;
      if (solution.kind === 'unsatisfiable')
        return this.proveGoals(goal, inSessions, solution.certificate);
      const { model } = solution;
      const triedTermModel = this.#try(goal, inSessions, model);
      if (triedTermModel === undefined) continue;
      const { refuted } = this.confirmModel(model, confirm, triedTermModel);
      if (refuted !== undefined) return refuted;
      because = this.reasons(model);
      break;
    }
    return { kind: 'undecided', because };
  }

  /** Returns the values of the request of a model, or `undefined` if the model violates lemmas, which are added. */
  #try(goal: Literal, inSessions: boolean, model: Model): TermModel | undefined {
    const { terms, elements } = this.encoding;
    const chosen = createJustification(
      this.formula,
      this.listRoots(goal, { inSessions, years: [...this.years] }),
      model.isTrue,
      (literal) => terms.atoms.has(Math.abs(literal)),
    );
    const said = new Said(terms, chosen);
    const { budget } = this.encoding;
    budget.search(chosen.size + said.terms.size ** 2 / 16);
    const closure = createClosure(terms, said);
    const equalities = findViolatedEqualities(terms, said, closure);
    if (equalities.length > 0) return this.#add(equalities);
    const { lemmas, values } = assignValues(terms, said, closure, budget);
    if (lemmas.length > 0) return this.#add(lemmas);
    const years = this.windows.wrongYears(model.readValue, model.isTrue);
    if (years.length > 0 && this.years.size < maxYears) {
      for (const year of years) this.addYear(year);
      return undefined;
    }
    return {
      findText: (term: Term) => terms.findValue(term) ?? values.get(term),
      listAsked: (set) => elements.listAsked(set),
      isNeeded: (literal) => this.#isNeeded(chosen, literal),
    };
  }

  #isNeeded(chosen: ReadonlySet<Literal>, literal: Literal): boolean {
    if (literal === yes || chosen.has(literal)) return true;
    const node = this.formula.node(literal);
    if (literal < 0 || node.kind !== 'and') return false;
    return node.operands.every((operand) => this.#isNeeded(chosen, operand));
  }

  #add(lemmas: readonly Lemma[]): undefined {
    this.#lemmas.push(...lemmas);
    this.queries.state(lemmas);
  }
}
