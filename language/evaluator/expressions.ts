// Defines the meaning of expressions: Kleene's strong three-valued logic over typed facts. Each
// visit returns a value (or unknown) and an edge, and reports both to the `trace`, if there is one.

import { findSigns, isListCount } from '../model/builtins.ts';
import { isEntry, listEntryKeys } from '../model/entries.ts';
import type {
  AggregateExpr,
  ApplyExpr,
  Binding,
  CompareExpr,
  Expr,
  HistoryExpr,
  JunctionExpr,
  LookupExpr,
  QuantifierExpr,
  ReadExpr,
  TableContents,
  Variable,
} from '../model/model.ts';
import { absentFact, createPresentFact, type Fact } from '../request/fact.ts';
import { type Facts, noFacts } from '../request/facts.ts';
import type { HistoryEvent } from '../request/session-event.ts';
import { invariant, throwUnreachable } from '../support/invariant.ts';
import { computeAggregate } from '../types/aggregates.ts';
import { isCollection, isEquatable, isSameValue, type Type, type Value } from '../types/types.ts';
import type { TermInput } from './history/term-input.ts';
import { judgeTerm } from './history.ts';
import {
  type ClockedValue,
  type EvaluatedValue,
  findEarliest,
  findLatest,
  findNextInstant,
  type Held,
  unknown,
} from './outcome.ts';
import { clockSkew, compares, compareTimes } from './time.ts';
import type { Trace } from './trace.ts';
import { evaluateCalendarField, evaluateWindow } from './windows.ts';

/** Evaluates expressions over the facts of one request. */
export class ExpressionEvaluator {
  readonly #facts: Facts;
  readonly #contents: TableContents;
  readonly #trace: Trace | undefined;
  #bindings = new Map<Binding, ClockedValue>();
  readonly #variables = new Map<Variable, Fact>();

  constructor(facts: Facts, contents: TableContents, trace?: Trace) {
    this.#facts = facts;
    this.#contents = contents;
    this.#trace = trace;
  }

  /** Binds a name of an invariant to its fact. */
  bind(variable: Variable, fact: Fact): void {
    this.#variables.set(variable, fact);
  }

  evaluate(expr: Expr): EvaluatedValue {
    const outcome = this.#observeOutcome(expr);
    return 'clock' in outcome ? { value: outcome.value, edge: outcome.edge } : outcome;
  }

  /** Evaluates, and also returns how a time or duration moves with the clock. */
  evaluateWithClock(expr: Expr): ClockedValue {
    const outcome = this.#observeOutcome(expr);
    if ('clock' in outcome) return outcome as ClockedValue;
    const { value, edge } = outcome;
    return { value, edge, clock: 'none', sign: 0n, of: undefined };
  }

  #observeOutcome(expr: Expr): EvaluatedValue {
    const outcome = this.#visit(expr);
    this.#trace?.expression(expr, outcome);
    return outcome;
  }

  #visit(expr: Expr): EvaluatedValue {
    switch (expr.kind) {
      case 'Constant':
        return { value: expr.value, edge: undefined };
      case 'Selector':
        return { value: this.#facts.selectors.get(expr.which), edge: undefined };
      case 'Now':
        return this.#now();
      case 'Age':
        return this.#age(this.evaluate(expr.of));
      case 'InWindow':
        return evaluateWindow(expr.window, this.evaluateWithClock(expr.of), this.#facts.now);
      case 'Calendar':
        return evaluateCalendarField(expr, this.evaluate(expr.of));
      case 'Read':
        return this.#read(expr);
      case 'Variable':
        return { value: readFactValue(this.#findFact(expr.variable)), edge: undefined };
      case 'Binding':
        return this.#binding(expr.binding);
      case 'Lookup':
        return this.#lookup(expr);
      case 'Apply':
        return this.#apply(expr);
      case 'Compare':
        return this.#compare(expr);
      case 'And':
      case 'Or':
        return this.#junction(expr);
      case 'Not':
        return negate(this.evaluate(expr.operand));
      case 'Known':
        return this.#evaluateKnown(expr.operand);
      case 'Presence':
        return this.#presence(expr.operand, expr.present);
      case 'Quantifier':
        return this.#quantifier(expr);
      case 'Aggregate':
        return this.#aggregate(expr);
      case 'If':
        return choose(
          this.evaluate(expr.condition),
          this.evaluate(expr.then),
          this.evaluate(expr.else),
          isComparable(expr.type),
        );
      case 'Else': {
        const [value, fallback] = [this.evaluate(expr.value), this.evaluate(expr.fallback)];
        return {
          value: value.value ?? fallback.value,
          edge: findEarliest(value.edge, fallback.edge),
        };
      }
      case 'Set':
        return this.#set(expr.elements);
      case 'History':
        return this.#history(expr);
      default:
        return throwUnreachable(expr);
    }
  }

  #now(): ClockedValue {
    const isKnown = this.#facts.now !== undefined;
    return {
      value: isKnown ? 0n : undefined,
      edge: undefined,
      clock: 'now',
      sign: 1n,
      of: undefined,
    };
  }

  #age(of: EvaluatedValue): ClockedValue {
    const instant = of.value as bigint | undefined;
    const isKnown = instant !== undefined && this.#facts.now !== undefined;
    return { value: isKnown ? 0n : undefined, edge: of.edge, clock: 'age', sign: 1n, of: instant };
  }

  #binding(binding: Binding): ClockedValue {
    const cachedValue = this.#bindings.get(binding);
    if (cachedValue !== undefined) return cachedValue;
    const outcome = this.evaluateWithClock(binding.value);
    this.#bindings.set(binding, outcome);
    return outcome;
  }

  #findFact(variable: Variable): Fact {
    const fact = this.#variables.get(variable);
    invariant(fact !== undefined, `variable ${variable.name} outside its quantifier`);
    return fact;
  }

  // --- reading -----------------------------------------------------------------------------------

  /**
   * Follows the path as far as it leads: returns the fact at its end, and the facts on the way. A path with an unknown
   * key leads to no fact.
   */
  follow(expr: ReadExpr): { fact: Fact | undefined; within: readonly Fact[]; absent: boolean } {
    let fact: Fact =
      typeof expr.from === 'string' ? this.#facts[expr.from] : this.#findFact(expr.from);
    const within: Fact[] = [];
    for (const step of expr.members) {
      within.push(fact);
      if (isEntry(step)) {
        const key = this.evaluate(step.key).value;
        if (key === undefined) return { fact: undefined, within, absent: false };
        fact = findEntry(fact, key);
        continue;
      }
      if (fact.members === undefined) {
        invariant(fact.presence !== 'present', `member ${step.name} was not decoded`);
        return { fact, within, absent: fact.presence === 'absent' };
      }
      const next = fact.members.get(step.name);
      if (next === undefined) {
        invariant(step.shares?.isPartial === true, `member ${step.name} was not decoded`);
        return { fact: absentFact, within, absent: true };
      }
      fact = next;
    }
    return { fact, within, absent: fact.presence === 'absent' };
  }

  /** The first edge of the keys on the path. */
  #edgeOfKeys(expr: ReadExpr): bigint | undefined {
    return findEarliest(...listEntryKeys(expr).map((key) => this.evaluate(key).edge));
  }

  #read(expr: ReadExpr): EvaluatedValue {
    const { value, edge } = this.#evaluateMember(expr);
    return { value, edge: findEarliest(edge, this.#edgeOfKeys(expr)) };
  }

  #evaluateMember(expr: ReadExpr): EvaluatedValue {
    const { fact, within, absent } = this.follow(expr);
    const last = expr.members.at(-1);
    const reached = within.length === expr.members.length;
    let value: Held | undefined;
    if (absent) value = last?.default;
    else if (reached && fact?.presence === 'present') value = readFactValue(fact);
    if (value === undefined || expr.latest) return { value, edge: undefined };
    return this.#whileFresh(expr, within, value);
  }

  /**
   * A value is usable only while every fresh record around it is fresh; absent records do not
   * count.
   */
  #whileFresh(expr: ReadExpr, within: readonly Fact[], value: Held): EvaluatedValue {
    let edge: bigint | undefined;
    let usable = true;
    within.slice(1).forEach((record, index) => {
      const span = expr.members[index]?.fresh;
      if (span === undefined || record.presence === 'absent') return;
      const freshness = this.freshness(record, span);
      usable = usable && freshness.value === true;
      edge = findEarliest(edge, freshness.edge);
    });
    return { value: usable ? value : undefined, edge };
  }

  /**
   * A record is fresh from one minute before `observed_at`, because clocks differ, until `span`
   * after it, inclusive.
   */
  freshness(record: Fact, span: bigint): EvaluatedValue {
    const observed = record.members?.get('observed_at')?.value as bigint | undefined;
    const now = this.#facts.now;
    if (observed === undefined || now === undefined) return { value: false, edge: undefined };
    const [from, to] = [observed - clockSkew, observed + span];
    return { value: now >= from && now <= to, edge: findNextInstant(now, from, to + 1n) };
  }

  #evaluateKnown(operand: Expr): EvaluatedValue {
    if (operand.kind === 'Read') return this.#evaluateKnownMember(operand);
    const outcome = this.evaluateWithClock(operand);
    if (outcome.clock !== 'age' || outcome.value === undefined) {
      return { value: isUsable(outcome.value), edge: outcome.edge };
    }
    const [of, now] = [outcome.of as bigint, this.#facts.now as bigint];
    return {
      value: of <= now + clockSkew,
      edge: findEarliest(outcome.edge, findNextInstant(now, of - clockSkew)),
    };
  }

  /** For a record: whether it is present and fresh. A faulty record is unknown. */
  #evaluateKnownMember(operand: ReadExpr): EvaluatedValue {
    const { fact } = this.follow(operand);
    const ofKeys = this.#edgeOfKeys(operand);
    if (fact?.presence === 'faulty') return { value: undefined, edge: ofKeys };
    if (operand.type.kind !== 'Record') {
      const { value, edge } = this.#read(operand);
      return { value: isUsable(value), edge };
    }
    const { within, absent } = this.follow(operand);
    if (absent || fact === undefined) return { value: false, edge: ofKeys };
    if (operand.latest) return { value: true, edge: ofKeys };
    const around = this.#whileFresh(operand, within, true);
    const span = operand.members.at(-1)?.fresh;
    const memberFreshness =
      span === undefined ? { value: true, edge: undefined } : this.freshness(fact, span);
    return {
      value: around.value === true && memberFreshness.value === true,
      edge: findEarliest(around.edge, memberFreshness.edge, ofKeys),
    };
  }

  #presence(operand: ReadExpr, present: boolean): EvaluatedValue {
    const { fact } = this.follow(operand);
    const edge = this.#edgeOfKeys(operand);
    if (fact === undefined || fact.presence === 'faulty') return { value: undefined, edge };
    return { value: (fact.presence === 'present') === present, edge };
  }

  // --- operators ---------------------------------------------------------------------------------

  #lookup(expr: LookupExpr): EvaluatedValue {
    const keys = expr.keys.map((key) => this.evaluate(key));
    const edge = findEarliest(...keys.map((key) => key.edge));
    const { name, external, rows } = expr.table;
    const valueOfFact = external ? (this.#contents.get(name) ?? []) : rows;
    const row = valueOfFact.find((candidate) =>
      candidate.keys.every((key, index) => key === keys[index]?.value),
    );
    return { value: row?.value, edge };
  }

  #apply(expr: ApplyExpr): EvaluatedValue {
    const args = expr.args.map((arg) => this.evaluateWithClock(arg));
    const edge = findEarliest(...args.map((arg) => arg.edge));
    const clock = args.find((arg) => arg.clock !== 'none');
    const countsOnly = isListCount(expr);
    const values = args.map((arg) => (countsOnly ? arg.value : extractScalars(arg.value)));
    const value = values.includes(undefined)
      ? undefined
      : expr.builtin.evaluate(values as readonly Value[]);
    if (clock === undefined) return { value, edge };
    const [first, second] = args as [ClockedValue, ClockedValue | undefined];
    const [one = 1, other = 1] = findSigns(expr) ?? [];
    const sign = BigInt(one) * first.sign + BigInt(other) * (second?.sign ?? 0n);
    return sign === 0n
      ? { value, edge }
      : ({ value, edge, clock: clock.clock, sign, of: clock.of } as ClockedValue);
  }

  #compare(expr: CompareExpr): EvaluatedValue {
    const [left, right] = [this.evaluateWithClock(expr.left), this.evaluateWithClock(expr.right)];
    if (left.sign - right.sign !== 0n) {
      return compareTimes(expr.operator, left, right, this.#facts.now);
    }
    const edge = findEarliest(left.edge, right.edge);
    if (left.value === undefined || right.value === undefined) return { value: undefined, edge };
    const [a, b] = [left.value as bigint | number, right.value as bigint | number];
    return { value: compares(expr.operator, a, b), edge };
  }

  #junction(expr: JunctionExpr): EvaluatedValue {
    return joinOutcomes(
      expr.kind === 'Or',
      expr.operands.map((operand) => this.evaluate(operand)),
    );
  }

  #quantifier(expr: QuantifierExpr): EvaluatedValue {
    const collection = this.evaluate(expr.collection);
    if (collection.value === undefined) return { value: undefined, edge: collection.edge };
    const elements = collection.value as readonly (Fact | Value)[];
    const outcomes = this.#forEach(expr.variable, elements, () => this.evaluate(expr.body));
    const { value, edge } = joinOutcomes(expr.quantifier === 'any', outcomes);
    // The result depends on the elements only while the collection keeps its value.
    return { value, edge: findEarliest(collection.edge, edge) };
  }

  /** Unknown if an element that counts, or may count, has no value, and for an element that only may count. */
  #aggregate({ form, variable, collection, condition, body }: AggregateExpr): EvaluatedValue {
    const { value: elements, edge } = this.evaluate(collection);
    if (elements === undefined) return { value: undefined, edge };
    const summands = this.#forEach(variable, elements as readonly (Fact | Value)[], () => {
      const counts = condition && this.evaluate(condition);
      if (counts?.value === false) return { value: undefined, edge: counts.edge, counts: false };
      const evaluatedValue = this.evaluate(body);
      const value =
        counts === undefined || counts.value === true ? evaluatedValue.value : undefined;
      return { value, edge: findEarliest(counts?.edge, evaluatedValue.edge), counts: true };
    });
    const values = summands.filter(({ counts }) => counts).map(({ value }) => value);
    return {
      value: values.includes(undefined)
        ? undefined
        : computeAggregate(form, values as readonly bigint[]),
      edge: findEarliest(edge, ...summands.map((summand) => summand.edge)),
    };
  }

  /** Evaluates for each element. */
  #forEach<Result>(
    variable: Variable,
    elements: readonly (Fact | Value)[],
    evaluate: () => Result,
  ): readonly Result[] {
    const outside = this.#bindings;
    const results = elements.map((element) => {
      this.#variables.set(variable, asFact(element));
      // A parameter can depend on the element, so its value differs for the next element.
      this.#bindings = new Map(outside);
      return evaluate();
    });
    this.#bindings = outside;
    this.#variables.delete(variable);
    return results;
  }

  #history({ term }: HistoryExpr): EvaluatedValue {
    const { events, now } = this.#facts;
    if (events === undefined || now === undefined) return unknown;
    return judgeTerm(term, this.makeTermInput(events, now));
  }

  /** The events, the instant and the functions that history terms are evaluated with. */
  makeTermInput(events: readonly HistoryEvent[], now: bigint): TermInput {
    return {
      events,
      shared: this.#facts.shared ?? { events: [], pending: undefined },
      now,
      evaluate: (expr) => this.evaluate(expr),
      evaluateAbout: (expr, request) =>
        new ExpressionEvaluator(request, this.#contents).evaluate(expr),
      judge: (part, variable, fact) => {
        const elementEvaluator = new ExpressionEvaluator(noFacts, this.#contents, this.#trace);
        elementEvaluator.bind(variable, fact);
        if (part.type.kind !== 'Record') return elementEvaluator.evaluate(part);
        const found = part.kind === 'Read' ? elementEvaluator.follow(part).fact : undefined;
        return { value: found?.presence === 'present' ? [found] : undefined, edge: undefined };
      },
    };
  }

  #set(elements: readonly Expr[]): EvaluatedValue {
    const outcomes = elements.map((element) => this.evaluate(element));
    const edge = findEarliest(...outcomes.map((outcome) => outcome.edge));
    const values = outcomes.map((outcome) => outcome.value);
    return {
      value: values.includes(undefined) ? undefined : [...new Set(values as Value[])],
      edge,
    };
  }
}

/**
 * Kleene's `or` (`deciding` true) and `and` (`deciding` false). A decided result lasts until the
 * last edge of the operands that decide it; any other result lasts until the first edge of all
 * operands.
 */
export function joinOutcomes(
  deciding: boolean,
  operands: readonly EvaluatedValue[],
): EvaluatedValue {
  const deciders = operands.filter((operand) => operand.value === deciding);
  if (deciders.length > 0) {
    return { value: deciding, edge: findLatest(deciders.map((operand) => operand.edge)) };
  }
  const isUnknown = operands.some((operand) => operand.value === undefined);
  return {
    value: isUnknown ? undefined : !deciding,
    edge: findEarliest(...operands.map((operand) => operand.edge)),
  };
}

export function negate(operand: EvaluatedValue): EvaluatedValue {
  return { value: operand.value === undefined ? undefined : !operand.value, edge: operand.edge };
}

/** Lists of records or lists, and maps, never compare as equal, not even when both are empty. */
function isComparable(type: Type): boolean {
  return !isCollection(type) || isEquatable(type.element);
}

/** The value of a map's entry, which is absent if the map is. */
function findEntry(map: Fact, key: Held): Fact {
  if (map.presence === 'faulty') return map;
  const entry = map.elements?.find(({ members }) => members?.get('key')?.value === key);
  return entry?.members?.get('value') ?? absentFact;
}

function choose(
  condition: EvaluatedValue,
  then: EvaluatedValue,
  otherwise: EvaluatedValue,
  comparable: boolean,
): EvaluatedValue {
  const edge = findEarliest(condition.edge, then.edge, otherwise.edge);
  if (condition.value !== undefined) {
    return { value: condition.value === true ? then.value : otherwise.value, edge };
  }
  const [a, b] = [extractScalars(then.value), extractScalars(otherwise.value)];
  const same = comparable && a !== undefined && b !== undefined && isSameValue(a, b);
  return { value: same ? then.value : undefined, edge };
}

/** Returns the value of a fact: a scalar, or the elements of a collection. */
function readFactValue(fact: Fact): Held | undefined {
  if (fact.presence !== 'present') return undefined;
  return fact.elements ?? fact.value;
}

/** Whether a value can be used: for a set or list, whether all of its elements that are single values are known. */
export function isUsable(value: Held | undefined): boolean {
  if (!Array.isArray(value)) return value !== undefined;
  return value
    .map(asFact)
    .every(({ value: own, members, elements }) => (own ?? members ?? elements) !== undefined);
}

/** A scalar, or the scalars of a set or list. `undefined` if they are unknown or are records. */
export function extractScalars(value: Held | undefined): Value | undefined {
  if (!Array.isArray(value)) return value as Value | undefined;
  const elements = value.map((element) => asFact(element).value);
  return elements.includes(undefined) ? undefined : (elements as Value[]);
}

/** Represents an element of a collection as a fact. */
export function asFact(element: Fact | Value): Fact {
  return typeof element === 'object' && 'presence' in element
    ? element
    : createPresentFact(element);
}
