// States what the evaluator did with a request as literals of a formula: the effect, the reasons, the constraints, the
// obligations, the violated invariants, and the value of each expression that does not depend on an element. All of
// these literals must be possible at once; in a model that the request was made from, each must be true.

import { judgeInvariants, listAnswerDemands } from '@nhipol/language';
import {
  collectExprs,
  type Expr,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
} from '@nhipol/language/model';
import { isBytes, type Type } from '@nhipol/language/types';
import type { Literal, Prover, SymbolicDecision } from '@nhipol/proving';
import { type Answer as AnswerWith, effects } from '@nhipol/runtime/abi';
import { unbindExpr } from '../../../assurance/proving/domains/flow.ts';
import { maxThreshold } from '../../../assurance/proving/domains/thresholds.ts';
import { yes } from '../../../assurance/proving/formula/formula.ts';
import { createConstantTerm } from '../../../assurance/proving/formula/linear.ts';
import { LemmaProver } from '../../../assurance/proving/lemma-prover.ts';
import { isHeld } from '../../../assurance/proving/symbolic/algebra.ts';
import type {
  Finite,
  NumberSet,
  SetValue,
  Symbolic,
  TextSet,
} from '../../../assurance/proving/symbolic/symbolic.ts';
import type { Term } from '../../../assurance/proving/terms/terms.ts';
import { asFact, extractScalars } from '../../../language/evaluator/expressions.ts';
import type { EvaluatedValue } from '../../../language/evaluator/outcome.ts';
import { decodeRecord } from '../../../language/request/decode.ts';

/** One request, with the answer of the evaluator and the value of each expression. */
export interface Evaluated {
  readonly request: string;
  /** `undefined` for the time of the request. */
  readonly now: bigint | undefined;
  readonly answer: AnswerWith<unknown>;
  readonly outcomes: ReadonlyMap<Expr, EvaluatedValue>;
}

/** Literals, each in words. */
export type Observed = ReadonlyMap<Literal, () => string>;

type Statement = readonly [words: () => string, literals: readonly Literal[]];

interface Known {
  readonly literals: readonly Literal[];
  readonly terms: number;
}

export class Observer {
  readonly #policy: PolicyModel;
  readonly #prover: Prover;
  readonly #decision: SymbolicDecision;
  readonly #exprs: ReadonlySet<Expr>;
  readonly #violations: readonly (readonly [name: string, literal: Literal])[];
  readonly #constraints: SymbolicDecision['constraints'];
  /** Whether all strings are in the lists of the formula, as those of its models are. */
  readonly #isOfModel: boolean;

  readonly #known = new Map<Expr, Map<string, Known>>();

  /** Whether lengths and sizes are numbers, and not only between those that they are compared with. */
  readonly #byLemmas: boolean;

  constructor(policy: PolicyModel, prover: Prover, isOfModel: boolean) {
    const [decision] = prover.decisions;
    if (decision === undefined) throw new Error('there is one policy');
    this.#policy = policy;
    this.#prover = prover;
    this.#decision = decision;
    this.#isOfModel = isOfModel;
    this.#byLemmas = prover instanceof LemmaProver;
    const { flow } = prover.encoding.domains;
    const exprs = collectExprs([
      ...policy.rules.flatMap(listRuleExprs),
      ...policy.scores.flatMap(listScoreExprs),
    ]);
    this.#exprs = new Set([...exprs].filter((expr) => flow.findFreeVariables(expr).size === 0));
    this.#violations = policy.invariants.map((each) => [each.name, decision.violates(each)]);
    this.#constraints = decision.constraints;
    for (const { name } of policy.obligations) decision.demands(name);
    for (const expr of this.#exprs) decision.expressions.value(expr);
  }

  observe(evaluated: Evaluated): Observed {
    const found = new Map<Literal, () => string>();
    for (const [words, literals] of this.#statements(evaluated))
      for (const literal of literals) found.set(literal, words);
    found.delete(yes);
    return found;
  }

  *#statements(evaluated: Evaluated): Iterable<Statement> {
    const { answer, outcomes } = evaluated;
    const decision = this.#decision;
    for (const effect of effects) {
      const has = effect === answer.effect;
      yield [() => `${has ? '' : 'not '}${effect}`, [signLiteral(decision.has(effect), has)]];
    }
    for (const [id, literal] of decision.reasons) {
      const has = answer.reasons.includes(id);
      yield [() => `${has ? '' : 'not '}because ${id}`, [signLiteral(literal, has)]];
    }
    const demanded = new Set(listAnswerDemands(answer).map(({ name }) => name));
    for (const { name } of this.#policy.obligations) {
      const has = demanded.has(name);
      yield [
        () => `${has ? '' : 'not '}demands ${name}`,
        [signLiteral(decision.demands(name), has)],
      ];
    }
    yield* this.#constraintStatements(answer);
    yield* this.#invariantStatements(evaluated);
    for (const [expr, { value }] of outcomes) {
      if (!this.#exprs.has(expr)) continue;
      yield [
        () => `${this.#words(expr)} is ${formatValue(value)}`,
        this.#collectLiterals(expr, value),
      ];
    }
  }

  /** Remembers the literals, since many requests have few values. */
  #collectLiterals(expr: Expr, value: EvaluatedValue['value']): readonly Literal[] {
    const symbolic = this.#decision.expressions.value(expr);
    const { flow } = this.#prover.encoding.domains;
    const isMeasure = value !== undefined && !this.#byLemmas && isMeasured(expr);
    const make = () =>
      isMeasure
        ? [isHeld(this.#prover.formula, symbolic)]
        : this.#equal(symbolic, expr.type, value, flow.findPlace(expr));
    const key = toKey(value);
    if (key === undefined) return make();
    const known = this.#known.get(expr) ?? new Map<string, Known>();
    this.#known.set(expr, known);
    // The literals about a set are about all terms so far.
    const terms = symbolic.kind === 'texts' ? this.#prover.encoding.terms.nodes.length : 0;
    const before = known.get(key);
    if (before !== undefined && before.terms === terms) return before.literals;
    const literals = make();
    known.set(key, { literals, terms });
    return literals;
  }

  *#constraintStatements(answer: Evaluated['answer']): Iterable<Statement> {
    for (const { name, type } of this.#policy.constraints) {
      const symbolic = this.#constraints.get(name);
      const json = answer.constraints[name];
      if (symbolic === undefined) continue;
      const value = json === undefined ? undefined : this.#read(name, type, json);
      const literals = this.#equal(symbolic, type, value, `constraint ${name}`);
      yield [() => `constraint ${name} is ${formatValue(value)}`, literals];
    }
  }

  #read(
    name: string,
    type: Type,
    json: Evaluated['answer']['constraints'][string],
  ): EvaluatedValue['value'] {
    // An answer states instants that RFC 3339 cannot express in a form that a request may not have.
    const [, digits] = (typeof json === 'string' && /^(-?\d+)ms$/.exec(json)) || [];
    if (type.kind === 'Timestamp' && digits !== undefined) return BigInt(digits);
    const span = { file: '', start: 0, end: 0 };
    const member = { name, type, optional: false, default: undefined, fresh: undefined };
    const shape = {
      kind: 'Record',
      name: undefined,
      members: new Map([[name, member]]),
      span,
    } as unknown as Parameters<typeof decodeRecord>[1];
    const fact = decodeRecord(this.#policy, shape, { [name]: json }).members?.get(name);
    return fact?.elements ?? fact?.value;
  }

  *#invariantStatements({ request, now, answer }: Evaluated): Iterable<Statement> {
    if (this.#violations.length === 0) return;
    const clock =
      now === undefined
        ? ({ now, precedence: 'request' } as const)
        : { now, precedence: 'host' as const };
    const judged = judgeInvariants(this.#policy, new TextEncoder().encode(request), clock, answer);
    const violated = new Set(
      judged.filter(({ holds }) => !holds).map((each) => each.invariant.name),
    );
    for (const [name, literal] of this.#violations) {
      const is = violated.has(name);
      yield [() => `invariant ${name} ${is ? 'is violated' : 'holds'}`, [signLiteral(literal, is)]];
    }
  }

  #words({ span, kind }: Expr): string {
    const source = this.#policy.sources.find(({ path }) => path === span.file);
    return `${kind} \`${source?.text.slice(span.start, span.end)}\``;
  }

  // --- values ------------------------------------------------------------------------------------

  /** Literals that are true exactly if the symbolic value is this one, as far as strings are known. */
  #equal(
    symbolic: Symbolic,
    type: Type,
    value: EvaluatedValue['value'],
    place: string | undefined,
  ): readonly Literal[] {
    const { formula } = this.#prover;
    if (symbolic.kind === 'truth') {
      if (value === undefined) return [-symbolic.yes, -symbolic.no];
      return value === true ? [symbolic.yes, -symbolic.no] : [symbolic.no, -symbolic.yes];
    }
    const held = isHeld(formula, symbolic);
    if (value === undefined) return [-held];
    if (symbolic.kind === 'choice')
      return this.#isListed(type, value as Finite, place)
        ? [held, symbolic.values.get(value as Finite) ?? -yes]
        : [held];
    if (symbolic.kind === 'number' && symbolic.clock === 'none' && typeof value === 'bigint') {
      const equal = symbolic.cases.map(({ guard, term }) =>
        formula.and(guard, formula.equal(term, createConstantTerm(value))),
      );
      return [formula.any(equal)];
    }
    if (symbolic.kind === 'text') {
      const { terms } = this.#prover.encoding;
      const own = terms.constant(String(value));
      const equal = symbolic.cases.map(({ guard, term }) =>
        formula.and(guard, terms.equal(term, own)),
      );
      return [formula.any(equal)];
    }
    if (symbolic.kind === 'texts') return [held, ...this.#equalTexts(symbolic, value)];
    if (symbolic.kind === 'open numbers') {
      const found = (value as readonly never[]).map((each) => asFact(each).value);
      return [held, signLiteral(symbolic.unusable, found.includes(undefined))];
    }
    if (symbolic.kind === 'open list') {
      const count = createConstantTerm(BigInt((value as readonly never[]).length));
      return [held, formula.equal(symbolic.size, count)];
    }
    if (symbolic.kind === 'set') return [held, ...this.#equalSet(symbolic, type, value, place)];
    if (symbolic.kind === 'numbers') return [held, ...this.#equalNumbers(symbolic, value)];
    return [held];
  }

  #equalSet(
    set: SetValue,
    type: Type,
    value: NonNullable<EvaluatedValue['value']>,
    place: string | undefined,
  ): readonly Literal[] {
    const element = 'element' in type ? type.element : type;
    const found = (value as readonly never[]).map(
      (each) => asFact(each).value as Finite | undefined,
    );
    const elements = [...set.elements].flatMap(([each, literal]) =>
      this.#isListed(element, each, place) ? [signLiteral(literal, found.includes(each))] : [],
    );
    const missing = found.some(
      (each) =>
        each !== undefined && this.#isListed(element, each, place) && !set.elements.has(each),
    );
    return [...elements, ...this.#collectElements(set, found), ...(missing ? [-yes] : [])];
  }

  /** Each element is in the set, and each term that is in it is one of them. */
  #equalTexts(set: TextSet, value: NonNullable<EvaluatedValue['value']>): readonly Literal[] {
    const { formula, encoding } = this.#prover;
    const { terms, elements } = encoding;
    const found = (value as readonly never[]).map(
      (each) => asFact(each).value as string | undefined,
    );
    const known = [...new Set(found.flatMap((each) => each ?? []))].map((each) =>
      terms.constant(each),
    );
    const asked = new Set([...set.bases.flatMap((id) => elements.listAsked(id)), ...set.fixed]);
    const isElement = (term: Term) => formula.any(known.map((each) => terms.equal(term, each)));
    const others = [...asked].map((term) => formula.or(-set.has(term), isElement(term)));
    const size =
      set.size === undefined
        ? []
        : [formula.equal(set.size, createConstantTerm(BigInt(found.length)))];
    const isUnusable = signLiteral(set.unusable, found.includes(undefined));
    return [...known.map((term) => set.has(term)), ...others, ...size, isUnusable];
  }

  #equalNumbers(set: NumberSet, value: NonNullable<EvaluatedValue['value']>): readonly Literal[] {
    const { formula } = this.#prover;
    const found = (value as readonly never[]).map(
      (each) => asFact(each).value as bigint | undefined,
    );
    const known = new Set(found.flatMap((each) => each ?? []));
    const are = (term: NumberSet['items'][number]['term']) =>
      formula.any([...known].map((each) => formula.equal(term, createConstantTerm(each))));
    const items = set.items.map(({ present, term }) => formula.or(-present, are(term)));
    return [...items, ...this.#collectElements(set, found)];
  }

  #collectElements(
    { unusable, size }: SetValue | NumberSet,
    found: readonly (Finite | bigint | undefined)[],
  ): readonly Literal[] {
    const { formula } = this.#prover;
    const isUnusable = signLiteral(unusable, found.includes(undefined));
    // A formula need not distinguish the sizes of a list that no condition reads.
    if (size === undefined || !this.#isOfModel) return [isUnusable];
    const count = createConstantTerm(BigInt(Math.min(found.length, maxThreshold + 1)));
    const isSize =
      found.length > maxThreshold ? formula.atMost(count, size) : formula.equal(size, count);
    return [isUnusable, isSize];
  }

  /** Whether the value stands for itself only. */
  #isListed(type: Type, value: Finite, place: string | undefined): boolean {
    if (!isBytes(type)) return true;
    const { domains } = this.#prover.encoding;
    if (place === undefined) return false;
    return this.#isOfModel
      ? domains.listValues(place, type).includes(value as string)
      : domains.isConstant(place, value as string);
  }
}

/** Whether it is a size or length, of which a formula distinguishes those that conditions compare it with. */
function isMeasured(expr: Expr): boolean {
  const own = unbindExpr(expr);
  return own.kind === 'Apply' && ['size', 'length'].includes(own.builtin.name);
}

/** Distinguishes values, or returns `undefined` if it may not distinguish them. */
function toKey(value: EvaluatedValue['value']): string | undefined {
  if (!Array.isArray(value)) return keyOfScalar(value);
  const keys = (value as unknown as readonly never[]).map((each) =>
    keyOfScalar(asFact(each).value),
  );
  return keys.includes(undefined) ? undefined : JSON.stringify(keys);
}

function keyOfScalar(value: unknown): string | undefined {
  return typeof value === 'object' ? undefined : `${typeof value} ${String(value)}`;
}

function signLiteral(literal: Literal, isTrue: boolean): Literal {
  return isTrue ? literal : -literal;
}

function formatValue(value: EvaluatedValue['value']): string {
  if (Array.isArray(value)) return `[${String(extractScalars(value) ?? 'elements')}]`;
  return String(value);
}
