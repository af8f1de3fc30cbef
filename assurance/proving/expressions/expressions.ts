// The symbolic counterpart of the evaluator's expressions: for each expression of a policy, what it can be in any
// request. Each case corresponds to one in `language/evaluator/expressions.ts`.

import { compares } from '@nhipol/language';
import type {
  AggregateExpr,
  CompareExpr,
  Expr,
  HistoryExpr,
  IfExpr,
  LookupExpr,
  PolicyModel,
  QuantifierExpr,
  ReadExpr,
  Variable,
} from '@nhipol/language/model';
import { throwUnreachable } from '@nhipol/language/support';
import { type Comparison, isCollection, isEquatable } from '@nhipol/language/types';
import { hasPlace } from '../domains/flow.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import type { SymbolicFacts } from '../facts/facts.ts';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import { createConstantTerm, type Linear } from '../formula/linear.ts';
import {
  createConstant,
  createNumberValue,
  createTruthValue,
  createUnknown,
  guardValue,
  hasUsableValue,
  isHeld,
  joinCases,
  mergeEither,
  toTruth,
} from '../symbolic/algebra.ts';
import { identifyValues } from '../symbolic/identity.ts';
import type {
  Finite,
  NumberItem,
  NumberValue,
  SetValue,
  Symbolic,
  Truth,
} from '../symbolic/symbolic.ts';
import { isTextKind } from '../terms/terms.ts';
import { type Counted, encodeAggregate } from './aggregates.ts';
import { applyBuiltin } from './apply.ts';
import { areEqual, asFinite } from './collections.ts';
import { type Bound, createEnvironment, type Environment, findBound } from './environment.ts';
import { createFreeValue } from './free.ts';
import { isCollectionValue, listInstances } from './instances.ts';
import { compareNumbers, isNotAhead } from './numbers.ts';
import { encodeOpenAggregate } from './open-aggregates.ts';
import { Reader } from './reader.ts';
import { encodeSomeProperties, isOpen } from './some.ts';
import { encodeAge, encodeCalendar, testWindow } from './time.ts';
import type { Windows } from './windows.ts';

/** The values of history terms. */
export interface HistoryValues {
  readonly encodeTerm: (expr: HistoryExpr, expressions: Expressions) => Symbolic<SymbolicFact>;
}

export class Expressions {
  readonly encoding: SymbolicEncoding;
  readonly facts: SymbolicFacts;
  readonly windows: Windows;
  readonly #reader: Reader;
  readonly #values = new Map<Expr, Symbolic<SymbolicFact>>();
  readonly #bound = new Map<Variable, Bound>();
  readonly #history: HistoryValues;

  constructor(facts: SymbolicFacts, policy: PolicyModel, windows: Windows, history: HistoryValues) {
    this.encoding = facts.encoding;
    this.facts = facts;
    this.windows = windows;
    this.#history = history;
    this.#reader = new Reader(facts, policy, (expr, environment) => this.value(expr, environment));
  }

  /** Binds a name of an invariant to its value. */
  bind(variable: Variable, bound: Bound): void {
    this.#bound.set(variable, bound);
  }

  truth(expr: Expr, environment?: Environment): Truth {
    return this.value(expr, environment) as Truth;
  }

  value(expr: Expr, environment?: Environment): Symbolic<SymbolicFact> {
    const free = this.encoding.domains.flow.findFreeVariables(expr);
    const freeEnvironment = createEnvironment(free, environment);
    const values = freeEnvironment?.values ?? this.#values;
    const cachedValue = values.get(expr);
    if (cachedValue !== undefined) return cachedValue;
    const { budget } = this.encoding;
    budget.grow(1);
    budget.at = expr.span;
    const made = this.#visit(expr, freeEnvironment);
    const value = made.kind === 'number' ? joinCases(this.encoding, made) : made;
    values.set(expr, value);
    return value;
  }

  bound(variable: Variable, environment: Environment | undefined): Bound {
    const bound = findBound(variable, environment) ?? this.#bound.get(variable);
    if (bound === undefined) throw new Error(`broken invariant: ${variable.name} is not bound`);
    return bound;
  }

  #visit(expr: Expr, environment: Environment | undefined): Symbolic<SymbolicFact> {
    const { formula } = this.encoding;
    switch (expr.kind) {
      case 'Constant':
        return createConstant(this.encoding.values, expr.type, expr.value);
      case 'Selector':
        return this.facts.selector(expr.which);
      case 'Now':
        return {
          kind: 'number',
          cases: [{ guard: this.facts.isNowKnown, term: createConstantTerm(0n) }],
          clock: 'now',
          sign: 1n,
        };
      case 'Age':
        return encodeAge(this, this.value(expr.of, environment) as NumberValue);
      case 'InWindow':
        return testWindow(this, expr.window, this.value(expr.of, environment) as NumberValue);
      case 'Calendar':
        return encodeCalendar(this, expr, this.value(expr.of, environment) as NumberValue);
      case 'Read': {
        const answered = this.#encodeAnswered(expr, environment);
        return answered ?? this.#reader.read(expr, this.#start(expr, environment), environment);
      }
      case 'Variable':
        return this.bound(expr.variable, environment).value;
      case 'Binding':
        return this.value(expr.binding.value, environment);
      case 'Lookup':
        return this.#lookup(expr, environment);
      case 'Apply':
        return applyBuiltin(
          this.encoding,
          expr,
          expr.args.map((arg) => this.value(arg, environment)),
        );
      case 'Compare':
        return this.#compare(expr, environment);
      case 'And':
      case 'Or': {
        const operands = expr.operands.map((operand) => this.truth(operand, environment));
        const [yesses, noes] = [
          operands.map((operand) => operand.yes),
          operands.map((operand) => operand.no),
        ];
        return expr.kind === 'And'
          ? createTruthValue(formula.all(yesses), formula.any(noes))
          : createTruthValue(formula.any(yesses), formula.all(noes));
      }
      case 'Not': {
        const operand = this.truth(expr.operand, environment);
        return createTruthValue(operand.no, operand.yes);
      }
      case 'Known':
        return this.#encodeKnown(expr.operand, environment);
      case 'Presence': {
        const { operand, present } = expr;
        const answered = this.#encodeAnswered(operand, environment);
        if (answered !== undefined) {
          const held = isHeld(formula, answered);
          return toTruth(present ? held : -held);
        }
        const found = this.#reader.presence(
          operand,
          this.#start(operand, environment),
          environment,
        );
        return present ? found : createTruthValue(found.no, found.yes);
      }
      case 'Quantifier':
        return this.#quantifier(expr, environment);
      case 'Aggregate':
        return this.#aggregate(expr, environment);
      case 'If':
        return this.#if(expr, environment);
      case 'Else': {
        const value = this.value(expr.value, environment);
        const fallback = this.value(expr.fallback, environment);
        return mergeEither(
          this.encoding,
          value,
          guardValue(formula, -isHeld(formula, value), fallback),
        );
      }
      case 'Set':
        return this.#set(expr.elements, expr, environment);
      case 'History':
        return this.#history.encodeTerm(expr, this);
      default:
        return throwUnreachable(expr);
    }
  }

  #start({ from }: ReadExpr, environment: Environment | undefined): SymbolicFact | undefined {
    return typeof from === 'string' ? this.facts.root(from) : this.bound(from, environment).fact;
  }

  /** A part of the answer that an invariant reads. */
  #encodeAnswered(
    { from, members }: ReadExpr,
    environment: Environment | undefined,
  ): Symbolic<SymbolicFact> | undefined {
    const [member] = members;
    if (typeof from === 'string' || member === undefined) return undefined;
    return this.bound(from, environment).members?.get(member.name);
  }

  // --- operators ---------------------------------------------------------------------------------

  #compare(expr: CompareExpr, environment: Environment | undefined): Truth {
    const { formula } = this.encoding;
    const { operator } = expr;
    const left = this.value(expr.left, environment);
    const right = this.value(expr.right, environment);
    if (left.kind === 'number' && right.kind === 'number')
      return compareNumbers(formula, operator, left, right, this.facts);
    const isEquality = operator === 'is' || operator === 'is not';
    const [a, b] = [asFinite(left), asFinite(right)];
    const isText = left.kind === 'text' || right.kind === 'text';
    if (!isText && (a === undefined || b === undefined)) return createTruthValue(no, no);
    const isTrue = isEquality
      ? areEqual(this.encoding, left, right)
      : formula.any(listOrderedPairs(formula, operator, a ?? new Map(), b ?? new Map()));
    const known = formula.and(isHeld(formula, left), isHeld(formula, right));
    const holds = formula.and(known, operator === 'is not' ? -isTrue : isTrue);
    return createTruthValue(holds, formula.and(known, -holds));
  }

  #encodeKnown(operand: Expr, environment: Environment | undefined): Truth {
    if (operand.kind === 'Read' && this.#encodeAnswered(operand, environment) === undefined)
      return this.#reader.encodeKnown(operand, this.#start(operand, environment), environment);
    const { formula } = this.encoding;
    const value = this.value(operand, environment);
    if (value.kind !== 'number' || value.clock !== 'age')
      return toTruth(hasUsableValue(formula, value));
    const usable = value.cases.map(({ guard, of }) =>
      formula.and(guard, isNotAhead(formula, of as Linear, this.facts.now)),
    );
    return toTruth(formula.any(usable));
  }

  #if(expr: IfExpr, environment: Environment | undefined): Symbolic<SymbolicFact> {
    const { formula } = this.encoding;
    const condition = this.truth(expr.condition, environment);
    const then = this.value(expr.then, environment);
    const otherwise = this.value(expr.else, environment);
    const chosen = mergeEither(
      this.encoding,
      guardValue(formula, condition.yes, then),
      guardValue(formula, condition.no, otherwise),
    );
    const open = formula.and(-condition.yes, -condition.no);
    if (open === no || !isComparable(expr.type)) return chosen;
    if (isCollectionValue(then) && then.size !== undefined) {
      const same = formula.variable('two lists are equal');
      this.encoding.approximate(
        'equality',
        expr.span,
        formula.and(open, hasUsableValue(formula, then)),
      );
      const guard = formula.and(open, same, areEqual(this.encoding, then, otherwise));
      return mergeEither(this.encoding, chosen, guardValue(formula, guard, then));
    }
    const guard = formula.and(open, areEqual(this.encoding, then, otherwise));
    return mergeEither(this.encoding, chosen, guardValue(formula, guard, then));
  }

  #set(
    elements: readonly Expr[],
    expr: Expr,
    environment: Environment | undefined,
  ): Symbolic<SymbolicFact> {
    const { formula } = this.encoding;
    const values = elements.map((element) => this.value(element, environment));
    const held = formula.all(values.map((value) => isHeld(formula, value)));
    const numbers = values.filter((value): value is NumberValue => value.kind === 'number');
    const empty = createUnknown(expr.type);
    const element = expr.type.kind === 'Set' ? expr.type.element.kind : expr.type.kind;
    if (isTextKind(element)) return this.encoding.values.texts(element, values, held);
    if (empty.kind === 'numbers') {
      const items = numbers.flatMap(({ cases }) =>
        cases.map(({ guard, term }): NumberItem => ({ present: guard, term })),
      );
      return { ...empty, held, items };
    }
    const merged = new Map<string | number | boolean, Literal>();
    for (const each of values)
      for (const [value, literal] of asFinite(each) ?? [])
        merged.set(value, formula.or(merged.get(value) ?? no, literal));
    return { ...(empty as SetValue), held, elements: merged };
  }

  #lookup(expr: LookupExpr, environment: Environment | undefined): Symbolic<SymbolicFact> {
    const { formula, values } = this.encoding;
    const { table } = expr;
    const place = this.encoding.domains.flow.findPlace(expr) ?? `table ${table.name}`;
    const keys = expr.keys.map((key) => this.value(key, environment));
    if (table.external) {
      const known = formula.all(keys.map((key) => hasUsableValue(formula, key)));
      const identity = hasPlace(expr.type) ? undefined : identifyValues(keys);
      const key = identity && `table ${table.name} ${expr.type.kind} ${identity}`;
      const free = this.encoding.once(key, () => createFreeValue(this.encoding, expr, place));
      const value = guardValue(formula, known, free);
      this.encoding.approximate('external tables', expr.span, isHeld(formula, value));
      return value;
    }
    const rows = table.rows.map((row) => ({
      value: row.value,
      guard: formula.all(
        keys.map((key, index) =>
          areEqual(
            this.encoding,
            key,
            createConstant(values, (expr.keys[index] as Expr).type, row.keys[index] ?? false),
          ),
        ),
      ),
    }));
    let found: Symbolic<SymbolicFact> = createUnknown(expr.type);
    for (const { value, guard } of rows) {
      if (guard !== no)
        found = mergeEither(
          this.encoding,
          found,
          guardValue(formula, guard, createConstant(values, expr.type, value)),
        );
    }
    return found;
  }

  // --- elements ----------------------------------------------------------------------------------

  #quantifier(expr: QuantifierExpr, environment: Environment | undefined): Truth {
    const { formula } = this.encoding;
    const collection = this.value(expr.collection, environment);
    if (!isCollectionValue(collection)) return createTruthValue(no, no);
    const isAny = expr.quantifier === 'any';
    const someProperties = encodeSomeProperties(
      this.encoding,
      collection,
      expr.variable.type,
      (bound) => {
        const body = this.truth(expr.body, extendEnvironment(expr.variable, bound, environment));
        return isAny
          ? { certain: body.yes, possible: -body.no }
          : { certain: body.no, possible: -body.yes };
      },
    );
    const decides = formula.and(collection.held, someProperties.certain);
    const all = formula.and(collection.held, -someProperties.possible);
    return isAny ? createTruthValue(decides, all) : createTruthValue(all, decides);
  }

  #aggregate(expr: AggregateExpr, environment: Environment | undefined): Symbolic<SymbolicFact> {
    const { formula } = this.encoding;
    const collection = this.value(expr.collection, environment);
    if (!isCollectionValue(collection)) return createNumberValue([]);
    const createCounted = (bound: Bound, present: Literal): Counted => {
      const within = extendEnvironment(expr.variable, bound, environment);
      const counts = expr.condition ? this.truth(expr.condition, within) : toTruth(yes);
      const value = this.value(expr.body, within) as NumberValue;
      return {
        may: formula.and(present, -counts.no),
        value: guardValue(formula, counts.yes, value),
      };
    };
    if (isOpen(collection))
      return encodeOpenAggregate(this.encoding, expr, collection, (bound) =>
        createCounted(bound, yes),
      );
    const counted = listInstances(collection, expr.variable.type).map(({ present, bound }) =>
      createCounted(bound, present),
    );
    return encodeAggregate(this.encoding, expr, collection, counted);
  }
}

function extendEnvironment(
  variable: Variable,
  bound: Bound,
  outer: Environment | undefined,
): Environment {
  return { variable, bound, outer, values: new Map() };
}

/** The combinations of ordinals for which a comparison is true. */
function listOrderedPairs(
  formula: Formula,
  operator: Comparison,
  a: ReadonlyMap<Finite, Literal>,
  b: ReadonlyMap<Finite, Literal>,
): readonly Literal[] {
  return [...a].flatMap(([x, own]) =>
    [...b].flatMap(([y, other]) =>
      compares(operator, x as number, y as number) ? [formula.and(own, other)] : [],
    ),
  );
}

/** Lists of records or lists, and maps, never compare as equal. */
function isComparable(type: Expr['type']): boolean {
  return !isCollection(type) || isEquatable(type.element);
}
