// Computes the values that conditions and operands can have under assumptions. The result is never
// too small: what it excludes is impossible in every request, while what it contains may be
// impossible, too. Steps are counted; when they are used up, everything counts as possible.

import { mayFail } from '../../checker/expressions/intervals.ts';
import { asRead } from '../../checker/expressions/parts.ts';
import { Expressions } from '../../evaluator/expressions.ts';
import { countsList, roleOf } from '../../model/builtins.ts';
import { hasFixedPath, keysOf } from '../../model/entries.ts';
import type {
  AggregateExpr,
  ApplyExpr,
  CompareExpr,
  Expr,
  HistoryExpr,
  IfExpr,
  InWindowExpr,
  KnownExpr,
  PresenceExpr,
  QuantifierExpr,
  ReadExpr,
  Variable,
} from '../../model/model.ts';
import { operandsOf, patternsOf } from '../../model/operands.ts';
import { pathOf } from '../../model/reads.ts';
import { noFacts } from '../../request/facts.ts';
import type { Resolution } from '../../types/builtins/builtin.ts';
import { isFixed } from '../../types/time/zones.ts';
import { bool, type Value } from '../../types/types.ts';
import { type Assumptions, noAssumptions } from './assumptions.ts';
import {
  admits,
  anything,
  type Domain,
  either,
  fewValuesOf,
  justOne,
  limited,
  mayCompare,
  meet,
} from './domain.ts';
import { Identities } from './identity.ts';
import { declared, listedIn, mayLoseTime } from './operands.ts';
import { anyOrder, equal, flippedOrders, type Orders, ordersOf } from './orders.ts';
import {
  anyTruth,
  isFalse,
  isTrue,
  isUnknown,
  joined,
  negated,
  noTruth,
  type TruthSet,
} from './truth-set.ts';
import { commonTimes, timesOf, wholeWeek } from './week-times.ts';

/** The maximum number of expressions visited for one question, and for all about a policy. */
const questionSteps = 4_000;
const policySteps = 2_000_000;
/** The same for questions that try cases one by one. */
const searchSteps = 5_000;
const policySearchSteps = 100_000;

/** Replaces a withheld value. It is never known. */
export const withheldVariable: Variable = { name: 'withheld', type: bool, path: '' };

export interface PossibilityOptions {
  /** Whether every request belongs to a session, so that its history is known. Default: false. */
  readonly inSessions?: boolean;
}

/** Computes truth sets and domains under assumptions. */
export class ReachableValues {
  readonly #inSessions: boolean;
  readonly identities = new Identities();
  readonly #declared = new Map<Expr, Domain>();
  readonly #latest = new Map<ReadExpr, ReadExpr>();
  readonly #folded = new Map<Expr, Folded | 'open'>();
  #steps = 0;
  #maxSteps = questionSteps;
  #isSearch = false;
  #searched = 0;
  #spent = 0;

  constructor({ inSessions = false }: PossibilityOptions = {}) {
    this.#inSessions = inSessions;
  }

  /** Whether the steps of this question or of the policy are used up. */
  get isSpent(): boolean {
    return this.#steps > this.#maxSteps || this.#spent > policySteps;
  }

  /** Starts a question; a search may take more steps. */
  begin(search = false): Assumptions {
    if (this.#isSearch) this.#searched += this.#steps;
    this.#steps = 0;
    this.#isSearch = search;
    const searchStepsLeft = Math.max(0, policySearchSteps - this.#searched);
    this.#maxSteps = search ? Math.min(searchSteps, searchStepsLeft) : questionSteps;
    return noAssumptions;
  }

  protected step(): boolean {
    this.#steps += 1;
    if (!this.#isSearch) this.#spent += 1;
    return !this.isSpent;
  }

  // --- values of a condition ---------------------------------------------------------------------

  truthSetOf(expr: Expr, given: Assumptions): TruthSet {
    if (!this.step()) return anyTruth;
    const found = this.#structural(expr, given);
    const { identity, isNegated } = this.identities.ofFact(expr);
    const assumed = given.operands.get(identity);
    if (assumed === undefined) return found;
    const truthSet = truthSetOfDomain(assumed);
    return found & (isNegated ? negated(truthSet) : truthSet);
  }

  /** A condition on an event, or a key of the request, can be unknown in a session, too. */
  #isKnownHistory({ term }: HistoryExpr): boolean {
    const isSure = patternsOf(term).every(({ condition, key }) => !condition && !key);
    const isExact = term.form !== 'last' && term.form !== 'sum';
    // Nothing is known about a zone in some years.
    const isByPeriod = 'window' in term && term.window?.kind === 'period';
    return this.#inSessions && isExact && isSure && !isByPeriod;
  }

  /** The truth values by the parts alone, regardless of assumptions about the whole. */
  truthSetByParts(expr: Expr, given: Assumptions): TruthSet {
    return this.step() ? this.#structural(expr, given) : anyTruth;
  }

  #structural(expr: Expr, given: Assumptions): TruthSet {
    const folded = this.#fold(expr);
    if (folded !== undefined) return truthSetOfValue(folded.value);
    switch (expr.kind) {
      case 'Binding':
        return this.truthSetOf(expr.binding.value, given);
      case 'And':
      case 'Or':
        return joined(
          expr.kind,
          expr.operands.map((operand) => this.truthSetOf(operand, given)),
        );
      case 'Not':
        return negated(this.truthSetOf(expr.operand, given));
      case 'Known':
        return this.#known(expr, given);
      case 'Presence':
        return this.#presence(expr, given);
      case 'Compare':
        return this.#compare(expr, given);
      case 'Apply':
        return this.#apply(expr, given);
      case 'Quantifier':
        return this.#quantifier(expr, given);
      case 'InWindow':
        return this.#inWindow(expr, given);
      case 'History':
        return this.#isKnownHistory(expr) ? anyTruth & ~isUnknown : anyTruth;
      case 'If':
        return this.#if(expr, given);
      case 'Else': {
        const value = this.truthSetOf(expr.value, given);
        const fallback = value & isUnknown ? this.truthSetOf(expr.fallback, given) : noTruth;
        return (value & ~isUnknown) | fallback;
      }
      default:
        return truthSetOfDomain(this.domainOf(expr, given));
    }
  }

  /** The value of an expression that is the same in every request. */
  #fold(expr: Expr): Folded | undefined {
    const before = this.#folded.get(expr);
    if (before !== undefined) return before === 'open' ? undefined : before;
    const folded = this.#isConstant(expr)
      ? { value: new Expressions(noFacts, new Map()).evaluate(expr).value as Value | undefined }
      : undefined;
    this.#folded.set(expr, folded ?? 'open');
    return folded;
  }

  /** Whether the value is in the policy itself, and not in a table, which is data. */
  #isConstant(expr: Expr): boolean {
    if (expr.kind === 'Constant') return true;
    return (
      !notConstant.has(expr.kind) &&
      operandsOf(expr).every((operand) => this.#fold(operand) !== undefined)
    );
  }

  #if(expr: IfExpr, given: Assumptions): TruthSet {
    const condition = this.truthSetOf(expr.condition, given);
    const then = this.truthSetOf(expr.then, given);
    const otherwise = this.truthSetOf(expr.else, given);
    const same = then === otherwise && (then === isTrue || then === isFalse);
    const ifDifferent = same ? noTruth : isUnknown;
    const both = condition & isUnknown ? (then & otherwise) | ifDifferent : noTruth;
    return (
      (condition & isTrue ? then : noTruth) | (condition & isFalse ? otherwise : noTruth) | both
    );
  }

  /** Any collection may be empty. */
  #quantifier({ quantifier, collection, body }: QuantifierExpr, given: Assumptions): TruthSet {
    const ifEmpty = quantifier === 'all' ? isTrue : isFalse;
    if (this.isEmpty(collection, given)) return isUnknown | ifEmpty;
    const { known, unknown } = this.domainOf(collection, given);
    const orUnknown = unknown ? isUnknown : noTruth;
    return known ? orUnknown | ifEmpty | this.truthSetOf(body, given) : isUnknown;
  }

  #known({ operand }: KnownExpr, given: Assumptions): TruthSet {
    const read = asRead(operand);
    if (read !== undefined && read.type.kind === 'Record') return this.#usable(read, given);
    const { known, unknown } = this.domainOf(operand, given);
    return (known ? isTrue : noTruth) | (unknown ? isFalse : noTruth);
  }

  #usable(read: ReadExpr, given: Assumptions): TruthSet {
    const path = pathOf(read);
    const isPresent = this.#present(read, given);
    const fresh = !read.latest && read.members.some((member) => member.fresh !== undefined);
    const assumed = read.latest ? undefined : given.usable.get(path);
    if (assumed !== undefined) return assumed ? isTrue & isPresent : isFalse;
    return fresh ? isPresent | isFalse : isPresent;
  }

  #presence({ operand, present }: PresenceExpr, given: Assumptions): TruthSet {
    const isPresent = this.#present(operand, given);
    return present ? isPresent : negated(isPresent);
  }

  /** Whether a member is present and not `null`. */
  #present(read: ReadExpr, given: Assumptions): TruthSet {
    // The key of a map's entry can be unknown.
    if (keysOf(read).some(({ kind }) => kind !== 'Constant')) return anyTruth;
    if (!hasFixedPath(read)) return isTrue | isFalse;
    const last = read.members.at(-1);
    for (let depth = 1; depth <= read.members.length; depth += 1) {
      const path = pathOf({ ...read, members: read.members.slice(0, depth) });
      if (given.present.get(path) === false) return isFalse;
    }
    if (given.present.get(pathOf(read)) === true) return isTrue;
    const required =
      read.members.every((member) => !member.optional) && last?.default === undefined;
    const valued = given.operands.get(this.identities.of(read))?.unknown === false;
    return required || (valued && last?.default === undefined) ? isTrue : isTrue | isFalse;
  }

  #inWindow(expr: InWindowExpr, given: Assumptions): TruthSet {
    const { window, of } = expr;
    const { known, unknown } = this.domainOf(of, given);
    if (!known) return isUnknown;
    const times = given.weeks.get(this.identities.ofWallClock(expr))?.left ?? wholeWeek;
    const mayBe = (isInside: boolean) => commonTimes(timesOf(window, isInside), times).length > 0;
    const isKnown = !unknown && isFixed(window.zone) && isInstant(of);
    return (
      (isKnown ? noTruth : isUnknown) |
      (mayBe(true) ? isTrue : noTruth) |
      (mayBe(false) ? isFalse : noTruth)
    );
  }

  #compare(expr: CompareExpr, given: Assumptions): TruthSet {
    const { operator, left, right } = expr;
    const [a, b] = [this.domainOf(left, given), this.domainOf(right, given)];
    const orUnknown = a.unknown || b.unknown || mayLoseTime(left, right) ? isUnknown : noTruth;
    if (!a.known || !b.known) return isUnknown;
    const orders = this.ordersOf(expr, given);
    const [mayHold, mayFailToHold] = mayCompare(operator, a, b);
    return (
      orUnknown |
      (mayHold && orders & ordersOf[operator] ? isTrue : noTruth) |
      (mayFailToHold && orders & ~ordersOf[operator] ? isFalse : noTruth)
    );
  }

  /** The orders that the two operands can have, from left to right. */
  protected ordersOf({ left, right }: CompareExpr, given: Assumptions): Orders {
    if (this.identities.of(left) === this.identities.of(right)) return equal;
    const { identity, isFlipped } = this.identities.ofPair(left, right);
    const orders = given.orders.get(identity)?.left ?? anyOrder;
    return isFlipped ? flippedOrders(orders) : orders;
  }

  #apply(expr: ApplyExpr, given: Assumptions): TruthSet {
    const args = expr.args.map((arg) => this.domainOf(arg, given));
    if (args.some((arg) => !arg.known)) return isUnknown;
    const orUnknown = mayFail(expr) || args.some((arg) => arg.unknown) ? isUnknown : noTruth;
    const { name } = expr.builtin;
    const [first, second] = expr.args;
    const isEmpty = (arg: Expr | undefined) => arg !== undefined && this.isEmpty(arg, given);
    if (name === 'within' && isEmpty(first)) return isTrue | orUnknown;
    if (name === 'not within' && isEmpty(first)) return isFalse | orUnknown;
    if (name === 'intersects' && (isEmpty(first) || isEmpty(second))) return isFalse | orUnknown;
    if (name === 'in' && isEmpty(second)) return isFalse | orUnknown;
    if (name === 'not in' && isEmpty(second)) return isTrue | orUnknown;
    if (second !== undefined && this.identities.of(first as Expr) === this.identities.of(second)) {
      if (name === 'within') return orUnknown | isTrue;
      if (name === 'not within') return orUnknown | isFalse;
    }
    const listed = listedIn(expr);
    if (listed === undefined) return orUnknown | this.#ofFewValues(expr, args);
    const [value] = args as [Domain];
    const inside = listed.some((each) => admits(value, each));
    const outside = meet(value, { not: listed }).known;
    const truthSet = (inside ? isTrue : noTruth) | (outside ? isFalse : noTruth);
    return orUnknown | (name === 'not in' ? negated(truthSet) : truthSet);
  }

  /** The truth values of a call if its operands can have few values. */
  #ofFewValues({ builtin }: ApplyExpr, args: readonly Domain[]): TruthSet {
    const results = resultsOf(builtin, args.map(fewValuesOf));
    if (results === undefined) return isTrue | isFalse;
    return results.map(truthSetOfValue).reduce((all, each) => all | each, noTruth);
  }

  /** Whether the expression is a collection that has no elements if known. */
  protected isEmpty(expr: Expr, given: Assumptions): boolean {
    if (!this.step()) return false;
    if (given.empty.has(this.identities.of(expr))) return true;
    const value = this.#fold(expr)?.value;
    if (value !== undefined) return Array.isArray(value) && value.length === 0;
    if (expr.kind === 'Binding') return this.isEmpty(expr.binding.value, given);
    if (expr.kind === 'Read') {
      const only = this.domainOf(expr, given).only?.[0];
      return Array.isArray(only) && only.length === 0;
    }
    if (expr.kind !== 'Apply') return false;
    const [first, second] = expr.args as [Expr, Expr];
    switch (roleOf(expr)) {
      case 'subtraction':
        return this.isEmpty(first, given);
      case 'intersection':
        return this.isEmpty(first, given) || this.isEmpty(second, given);
      case 'union':
        return this.isEmpty(first, given) && this.isEmpty(second, given);
      default:
        return false;
    }
  }

  // --- values of an operand ----------------------------------------------------------------------

  domainOf(expr: Expr, given: Assumptions): Domain {
    if (!this.step()) return anything;
    const assumed = given.operands.get(this.identities.of(expr));
    const found = this.#operand(expr, given);
    if (assumed === undefined) return found;
    return limited(meet(assumed, found), found);
  }

  #operand(expr: Expr, given: Assumptions): Domain {
    const folded = this.#fold(expr);
    if (folded !== undefined)
      return folded.value === undefined ? { ...anything, known: false } : justOne(folded.value);
    switch (expr.kind) {
      case 'Binding':
        return this.domainOf(expr.binding.value, given);
      case 'Variable':
        return expr.variable === withheldVariable
          ? { ...anything, known: false }
          : this.#declaredOf(expr);
      case 'Read':
        return this.#read(expr, given);
      case 'Lookup':
        return this.#strict(expr, expr.keys, false, given);
      case 'Apply':
        if (roleOf(expr) === 'count' && this.isEmpty(expr.args[0] as Expr, given))
          return { ...justOne(0n), unknown: this.domainOf(expr.args[0] as Expr, given).unknown };
        return countsList(expr)
          ? {
              ...this.#declaredOf(expr),
              unknown: this.domainOf(expr.args[0] as Expr, given).unknown,
            }
          : this.#strict(expr, expr.args, mayFail(expr), given);
      case 'Set':
        return this.#strict(expr, expr.elements, false, given);
      case 'Aggregate':
        return this.#aggregate(expr, given);
      case 'If': {
        const condition = this.truthSetOf(expr.condition, given);
        const then = this.domainOf(expr.then, given);
        const otherwise = this.domainOf(expr.else, given);
        if (condition === isTrue) return then;
        if (condition === isFalse) return otherwise;
        const both = either(then, otherwise);
        return condition & isUnknown ? { ...both, unknown: true } : both;
      }
      case 'Else': {
        const value = this.domainOf(expr.value, given);
        if (!value.unknown) return value;
        const fallback = this.domainOf(expr.fallback, given);
        return { ...either(value, fallback), unknown: fallback.unknown };
      }
      default:
        return expr.type.kind === 'Bool' && !isLeaf(expr)
          ? domainOfTruthSet(this.truthSetOf(expr, given))
          : this.#declaredOf(expr);
    }
  }

  #declaredOf(expr: Expr): Domain {
    const found = this.#declared.get(expr) ?? declared(expr);
    this.#declared.set(expr, found);
    return found;
  }

  /** Unknown for an element without a value, for a sum that is too large, and for the smallest of no values. */
  #aggregate(expr: AggregateExpr, given: Assumptions): Domain {
    const collection = this.domainOf(expr.collection, given);
    if (!this.isEmpty(expr.collection, given)) {
      const found = this.#declaredOf(expr);
      return { ...found, known: found.known && collection.known, unknown: true };
    }
    if (expr.form !== 'sum') return { ...anything, known: false };
    return { ...justOne(0n), known: collection.known, unknown: collection.unknown };
  }

  /** The domain of an expression that is unknown if one of its operands is. */
  #strict(expr: Expr, operands: readonly Expr[], fails: boolean, given: Assumptions): Domain {
    if (expr.type.kind === 'Bool' && expr.kind === 'Apply')
      return domainOfTruthSet(this.truthSetOf(expr, given));
    const found = this.#declaredOf(expr);
    const all = operands.map((operand) => this.domainOf(operand, given));
    const missed = expr.kind === 'Lookup' && found.unknown;
    return {
      ...found,
      known: found.known && all.every(({ known }) => known),
      unknown: fails || missed || all.some(({ unknown }) => unknown),
    };
  }

  /** A fresh value is also the latest value. */
  #whileFresh(read: ReadExpr, given: Assumptions): Domain {
    const found = this.#declaredOf(read);
    const ages = !read.latest && read.members.some((member) => member.fresh !== undefined);
    if (!ages || !hasFixedPath(read)) return found;
    const latest = this.#latest.get(read) ?? { ...read, latest: true };
    this.#latest.set(read, latest);
    const last = given.operands.get(this.identities.of(latest));
    if (last === undefined) return found;
    return { ...meet(found, last), known: found.known && last.known };
  }

  /** Without a value if a key has none. */
  #byKeys(read: ReadExpr, found: Domain, given: Assumptions): Domain {
    const keys = keysOf(read).map((key) => this.domainOf(key, given));
    return { ...found, known: found.known && keys.every(({ known }) => known) };
  }

  #read(read: ReadExpr, given: Assumptions): Domain {
    const found = this.#whileFresh(read, given);
    if (!hasFixedPath(read)) return this.#byKeys(read, found, given);
    const fallback = read.members.at(-1)?.default;
    const absent: Domain =
      fallback === undefined ? { ...found, known: false, unknown: true } : justOne(fallback);
    for (let depth = 1; depth <= read.members.length; depth += 1) {
      const path = pathOf({ ...read, members: read.members.slice(0, depth) });
      if (given.present.get(path) === false) return absent;
      const goesStale = !read.latest && given.usable.get(path) === false;
      if (goesStale && depth < read.members.length)
        return fallback === undefined ? absent : { ...found, unknown: true };
    }
    return found;
  }
}

/** Expressions whose value does not follow from operands in the policy. */
const notConstant: ReadonlySet<Expr['kind']> = new Set([
  ...(['Read', 'Selector', 'Now', 'Age', 'Variable', 'Lookup', 'History'] as const),
]);

interface Folded {
  /** Undefined: unknown. */
  readonly value: Value | undefined;
}

function isLeaf(expr: Expr): boolean {
  return ['Constant', 'Read', 'Selector', 'Variable', 'Lookup'].includes(expr.kind);
}

function truthSetOfValue(value: Value | undefined): TruthSet {
  return value === undefined ? isUnknown : value === true ? isTrue : isFalse;
}

function truthSetOfDomain(domain: Domain): TruthSet {
  return (
    (domain.unknown ? isUnknown : noTruth) |
    (admits(domain, true) ? isTrue : noTruth) |
    (admits(domain, false) ? isFalse : noTruth)
  );
}

function domainOfTruthSet(truthSet: TruthSet): Domain {
  const values = [...(truthSet & isTrue ? [true] : []), ...(truthSet & isFalse ? [false] : [])];
  return {
    ...anything,
    known: values.length > 0,
    unknown: (truthSet & isUnknown) !== 0,
    only: values,
  };
}

/** The maximum number of combinations of values for which a call is evaluated. */
const combinationLimit = 64;

/** The values of a call for all combinations of operands; undefined if there are too many. */
export function resultsOf(
  builtin: Resolution,
  operands: readonly (readonly Value[] | undefined)[],
): readonly (Value | undefined)[] | undefined {
  let combinations: readonly (readonly Value[])[] = [[]];
  for (const values of operands) {
    if (values === undefined || combinations.length * values.length > combinationLimit)
      return undefined;
    combinations = combinations.flatMap((before) => values.map((value) => [...before, value]));
  }
  return combinations.map((combination) => builtin.evaluate(combination));
}

/** Whether the value of an operand is an instant that the wall clock of a fixed zone shows. */
function isInstant(of: Expr): boolean {
  return of.kind === 'Binding'
    ? isInstant(of.binding.value)
    : of.kind === 'Now' || of.kind === 'Read';
}
