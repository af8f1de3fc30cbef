// Computes the values that conditions and operands can have under assumptions. The result is never
// too small: what it excludes is impossible in every request, while what it contains may be
// impossible, too. Steps are counted; when they are used up, everything counts as possible.

import { mayFail } from '../../checker/expressions/intervals.ts';
import { asRead } from '../../checker/expressions/parts.ts';
import { ExpressionEvaluator } from '../../evaluator/expressions.ts';
import { findAffirmative, findRole, isListCount } from '../../model/builtins.ts';
import { hasFixedPath, listEntryKeys } from '../../model/entries.ts';
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
import { listOperands, listTermPatterns } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import { noFacts } from '../../request/facts.ts';
import type { Resolution } from '../../types/builtins/builtin.ts';
import type { BuiltinName } from '../../types/builtins/names.ts';
import { isFixed } from '../../types/time/zones.ts';
import { bool, type Value } from '../../types/types.ts';
import { type Assumptions, noAssumptions } from './assumptions.ts';
import {
  admits,
  anyDomain,
  createSingleton,
  type Domain,
  intersectDomains,
  listFewValues,
  mayCompare,
  restrictKnown,
  uniteDomains,
} from './domain.ts';
import { Identities } from './identity.ts';
import { findListedValues, inferDomain, mayLoseTime } from './operands.ts';
import { anyOrder, equalOrder, flipOrders, type OrderSet, ordersByOperator } from './orders.ts';
import {
  anyTruth,
  joinTruths,
  negateTruths,
  noTruth,
  onlyFalse,
  onlyTrue,
  onlyUnknown,
  type TruthSet,
} from './truth-set.ts';
import { anyTime, findWallTimes, intersectTimes, isNever } from './wall-times.ts';

/** The truth value of a relation if one of its operands is empty, or if both are equal. */
interface Relation {
  readonly ofEmptyLeft?: TruthSet;
  readonly ofEmptyRight?: TruthSet;
  readonly ofEqual?: TruthSet;
}

const relations: Partial<Record<BuiltinName, Relation>> = {
  within: { ofEmptyLeft: onlyTrue, ofEqual: onlyTrue },
  'not within': { ofEmptyLeft: onlyFalse, ofEqual: onlyFalse },
  intersects: { ofEmptyLeft: onlyFalse, ofEmptyRight: onlyFalse },
  in: { ofEmptyRight: onlyFalse },
  'not in': { ofEmptyRight: onlyTrue },
};

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

  findTruthSet(expr: Expr, given: Assumptions): TruthSet {
    if (!this.step()) return anyTruth;
    const found = this.#structural(expr, given);
    const { identity, isNegated } = this.identities.ofFact(expr);
    const assumed = given.operands.get(identity);
    if (assumed === undefined) return found;
    const truthSet = convertDomain(assumed);
    return found & (isNegated ? negateTruths(truthSet) : truthSet);
  }

  /** A condition on an event, or a key of the request, can be unknown in a session, too. */
  #isKnownHistory({ term }: HistoryExpr): boolean {
    const isSure = listTermPatterns(term).every(({ condition, key }) => !condition && !key);
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
    if (folded !== undefined) return toTruthSet(folded.value);
    switch (expr.kind) {
      case 'Binding':
        return this.findTruthSet(expr.binding.value, given);
      case 'And':
      case 'Or':
        return joinTruths(
          expr.kind,
          expr.operands.map((operand) => this.findTruthSet(operand, given)),
        );
      case 'Not':
        return negateTruths(this.findTruthSet(expr.operand, given));
      case 'Known':
        return this.#testKnown(expr, given);
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
        return this.#isKnownHistory(expr) ? anyTruth & ~onlyUnknown : anyTruth;
      case 'If':
        return this.#if(expr, given);
      case 'Else': {
        const value = this.findTruthSet(expr.value, given);
        const fallback = value & onlyUnknown ? this.findTruthSet(expr.fallback, given) : noTruth;
        return (value & ~onlyUnknown) | fallback;
      }
      default:
        expr.kind satisfies
          | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Age')
          | ('Calendar' | 'Aggregate' | 'Set');
        return convertDomain(this.findDomain(expr, given));
    }
  }

  /** The value of an expression that is the same in every request. */
  #fold(expr: Expr): Folded | undefined {
    const before = this.#folded.get(expr);
    if (before !== undefined) return before === 'open' ? undefined : before;
    const folded = this.#isConstant(expr)
      ? {
          value: new ExpressionEvaluator(noFacts, new Map()).evaluate(expr).value as
            | Value
            | undefined,
        }
      : undefined;
    this.#folded.set(expr, folded ?? 'open');
    return folded;
  }

  /** Whether the value is in the policy itself, and not in a table, which is data. */
  #isConstant(expr: Expr): boolean {
    if (expr.kind === 'Constant') return true;
    return (
      !notConstant.has(expr.kind) &&
      listOperands(expr).every((operand) => this.#fold(operand) !== undefined)
    );
  }

  #if(expr: IfExpr, given: Assumptions): TruthSet {
    const condition = this.findTruthSet(expr.condition, given);
    const then = this.findTruthSet(expr.then, given);
    const otherwise = this.findTruthSet(expr.else, given);
    const same = then === otherwise && (then === onlyTrue || then === onlyFalse);
    const ifDifferent = same ? noTruth : onlyUnknown;
    const both = condition & onlyUnknown ? (then & otherwise) | ifDifferent : noTruth;
    return (
      (condition & onlyTrue ? then : noTruth) | (condition & onlyFalse ? otherwise : noTruth) | both
    );
  }

  /** Any collection may be empty. */
  #quantifier({ quantifier, collection, body }: QuantifierExpr, given: Assumptions): TruthSet {
    const ifEmpty = quantifier === 'all' ? onlyTrue : onlyFalse;
    if (this.isEmpty(collection, given)) return onlyUnknown | ifEmpty;
    const { known, unknown } = this.findDomain(collection, given);
    const orUnknown = unknown ? onlyUnknown : noTruth;
    return known ? orUnknown | ifEmpty | this.findTruthSet(body, given) : onlyUnknown;
  }

  #testKnown({ operand }: KnownExpr, given: Assumptions): TruthSet {
    const read = asRead(operand);
    if (read !== undefined && read.type.kind === 'Record') return this.#usable(read, given);
    const { known, unknown } = this.findDomain(operand, given);
    return (known ? onlyTrue : noTruth) | (unknown ? onlyFalse : noTruth);
  }

  #usable(read: ReadExpr, given: Assumptions): TruthSet {
    const path = spellPath(read);
    const isPresent = this.#present(read, given);
    const fresh = !read.latest && read.members.some((member) => member.fresh !== undefined);
    const assumed = read.latest ? undefined : given.usable.get(path);
    if (assumed !== undefined) return assumed ? onlyTrue & isPresent : onlyFalse;
    return fresh ? isPresent | onlyFalse : isPresent;
  }

  #presence({ operand, present }: PresenceExpr, given: Assumptions): TruthSet {
    const isPresent = this.#present(operand, given);
    return present ? isPresent : negateTruths(isPresent);
  }

  /** Whether a member is present and not `null`. */
  #present(read: ReadExpr, given: Assumptions): TruthSet {
    // The key of a map's entry can be unknown.
    if (listEntryKeys(read).some(({ kind }) => kind !== 'Constant')) return anyTruth;
    if (!hasFixedPath(read)) return onlyTrue | onlyFalse;
    const last = read.members.at(-1);
    for (let depth = 1; depth <= read.members.length; depth += 1) {
      const path = spellPath({ ...read, members: read.members.slice(0, depth) });
      if (given.present.get(path) === false) return onlyFalse;
    }
    if (given.present.get(spellPath(read)) === true) return onlyTrue;
    const required =
      read.members.every((member) => !member.optional) && last?.default === undefined;
    const valued = given.operands.get(this.identities.of(read))?.unknown === false;
    return required || (valued && last?.default === undefined) ? onlyTrue : onlyTrue | onlyFalse;
  }

  #inWindow(expr: InWindowExpr, given: Assumptions): TruthSet {
    const { window, of } = expr;
    const { known, unknown } = this.findDomain(of, given);
    if (!known) return onlyUnknown;
    const times = given.times.get(this.identities.ofWallClock(expr))?.left ?? anyTime;
    const mayBe = (isInside: boolean) =>
      !isNever(intersectTimes(findWallTimes(window, isInside), times));
    const isKnown = !unknown && isFixed(window.zone) && isInstant(of);
    return (
      (isKnown ? noTruth : onlyUnknown) |
      (mayBe(true) ? onlyTrue : noTruth) |
      (mayBe(false) ? onlyFalse : noTruth)
    );
  }

  #compare(expr: CompareExpr, given: Assumptions): TruthSet {
    const { operator, left, right } = expr;
    const [a, b] = [this.findDomain(left, given), this.findDomain(right, given)];
    const orUnknown = a.unknown || b.unknown || mayLoseTime(left, right) ? onlyUnknown : noTruth;
    if (!a.known || !b.known) return onlyUnknown;
    const orders = this.findOrders(expr, given);
    const [mayHold, mayFailToHold] = mayCompare(operator, a, b);
    return (
      orUnknown |
      (mayHold && orders & ordersByOperator[operator] ? onlyTrue : noTruth) |
      (mayFailToHold && orders & ~ordersByOperator[operator] ? onlyFalse : noTruth)
    );
  }

  /** The orders that the two operands can have, from left to right. */
  protected findOrders({ left, right }: CompareExpr, given: Assumptions): OrderSet {
    if (this.identities.of(left) === this.identities.of(right)) return equalOrder;
    const { identity, isFlipped } = this.identities.ofPair(left, right);
    const orders = given.orders.get(identity)?.left ?? anyOrder;
    return isFlipped ? flipOrders(orders) : orders;
  }

  #apply(expr: ApplyExpr, given: Assumptions): TruthSet {
    const args = expr.args.map((arg) => this.findDomain(arg, given));
    if (args.some((arg) => !arg.known)) return onlyUnknown;
    const orUnknown = mayFail(expr) || args.some((arg) => arg.unknown) ? onlyUnknown : noTruth;
    const decided = this.#decideRelation(expr, given);
    if (decided !== undefined) return orUnknown | decided;
    const listed = findListedValues(expr);
    if (listed === undefined) return orUnknown | this.#ofFewValues(expr, args);
    const [value] = args as [Domain];
    const inside = listed.some((each) => admits(value, each));
    const outside = intersectDomains(value, { not: listed }).known;
    const truthSet = (inside ? onlyTrue : noTruth) | (outside ? onlyFalse : noTruth);
    return orUnknown | (findAffirmative(expr) === undefined ? truthSet : negateTruths(truthSet));
  }

  /** The truth value of a relation of collections that are empty or equal, or `undefined` for others. */
  #decideRelation({ builtin, args }: ApplyExpr, given: Assumptions): TruthSet | undefined {
    const [first, second] = args;
    const { ofEmptyLeft, ofEmptyRight, ofEqual } = relations[builtin.name] ?? {};
    if (first === undefined || second === undefined) return undefined;
    if (ofEmptyLeft !== undefined && this.isEmpty(first, given)) return ofEmptyLeft;
    if (ofEmptyRight !== undefined && this.isEmpty(second, given)) return ofEmptyRight;
    return this.identities.of(first) === this.identities.of(second) ? ofEqual : undefined;
  }

  /** The truth values of a call if its operands can have few values. */
  #ofFewValues({ builtin }: ApplyExpr, args: readonly Domain[]): TruthSet {
    const results = computeResults(builtin, args.map(listFewValues));
    if (results === undefined) return onlyTrue | onlyFalse;
    return results.map(toTruthSet).reduce((all, each) => all | each, noTruth);
  }

  /** Whether the expression is a collection that has no elements if known. */
  protected isEmpty(expr: Expr, given: Assumptions): boolean {
    if (!this.step()) return false;
    if (given.empty.has(this.identities.of(expr))) return true;
    const value = this.#fold(expr)?.value;
    if (value !== undefined) return Array.isArray(value) && value.length === 0;
    if (expr.kind === 'Binding') return this.isEmpty(expr.binding.value, given);
    if (expr.kind === 'Read') {
      const only = this.findDomain(expr, given).only?.[0];
      return Array.isArray(only) && only.length === 0;
    }
    if (expr.kind !== 'Apply') return false;
    const [first, second] = expr.args as [Expr, Expr];
    const role = findRole(expr);
    switch (role) {
      case 'subtraction':
        return this.isEmpty(first, given);
      case 'intersection':
        return this.isEmpty(first, given) || this.isEmpty(second, given);
      case 'union':
        return this.isEmpty(first, given) && this.isEmpty(second, given);
      default:
        role satisfies
          | ('sum' | 'difference' | 'negation' | 'product' | 'quotient')
          | ('membership' | 'subset' | 'overlap' | 'count' | 'length')
          | ('comparison' | 'conversion' | 'joining' | undefined);
        return false;
    }
  }

  // --- values of an operand ----------------------------------------------------------------------

  findDomain(expr: Expr, given: Assumptions): Domain {
    if (!this.step()) return anyDomain;
    const assumed = given.operands.get(this.identities.of(expr));
    const domain = this.#operand(expr, given);
    if (assumed === undefined) return domain;
    return restrictKnown(intersectDomains(assumed, domain), domain);
  }

  #operand(expr: Expr, given: Assumptions): Domain {
    const folded = this.#fold(expr);
    if (folded !== undefined)
      return folded.value === undefined
        ? { ...anyDomain, known: false }
        : createSingleton(folded.value);
    switch (expr.kind) {
      case 'Binding':
        return this.findDomain(expr.binding.value, given);
      case 'Variable':
        return expr.variable === withheldVariable
          ? { ...anyDomain, known: false }
          : this.#inferDomain(expr);
      case 'Read':
        return this.#read(expr, given);
      case 'Lookup':
        return this.#strict(expr, expr.keys, false, given);
      case 'Apply':
        if (findRole(expr) === 'count' && this.isEmpty(expr.args[0] as Expr, given))
          return {
            ...createSingleton(0n),
            unknown: this.findDomain(expr.args[0] as Expr, given).unknown,
          };
        return isListCount(expr)
          ? {
              ...this.#inferDomain(expr),
              unknown: this.findDomain(expr.args[0] as Expr, given).unknown,
            }
          : this.#strict(expr, expr.args, mayFail(expr), given);
      case 'Set':
        return this.#strict(expr, expr.elements, false, given);
      case 'Aggregate':
        return this.#aggregate(expr, given);
      case 'If': {
        const condition = this.findTruthSet(expr.condition, given);
        const then = this.findDomain(expr.then, given);
        const otherwise = this.findDomain(expr.else, given);
        if (condition === onlyTrue) return then;
        if (condition === onlyFalse) return otherwise;
        const both = uniteDomains(then, otherwise);
        return condition & onlyUnknown ? { ...both, unknown: true } : both;
      }
      case 'Else': {
        const value = this.findDomain(expr.value, given);
        if (!value.unknown) return value;
        const fallback = this.findDomain(expr.fallback, given);
        return { ...uniteDomains(value, fallback), unknown: fallback.unknown };
      }
      default:
        expr.kind satisfies
          | ('Constant' | 'Selector' | 'Now' | 'Compare' | 'Age' | 'InWindow')
          | ('Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier')
          | 'History';
        return expr.type.kind === 'Bool' && !isLeaf(expr)
          ? convertTruthSet(this.findTruthSet(expr, given))
          : this.#inferDomain(expr);
    }
  }

  #inferDomain(expr: Expr): Domain {
    const domain = this.#declared.get(expr) ?? inferDomain(expr);
    this.#declared.set(expr, domain);
    return domain;
  }

  /** Unknown for an element without a value, for a sum that is too large, and for the smallest of no values. */
  #aggregate(expr: AggregateExpr, given: Assumptions): Domain {
    const collection = this.findDomain(expr.collection, given);
    if (!this.isEmpty(expr.collection, given)) {
      const domain = this.#inferDomain(expr);
      return { ...domain, known: domain.known && collection.known, unknown: true };
    }
    if (expr.form !== 'sum') return { ...anyDomain, known: false };
    return { ...createSingleton(0n), known: collection.known, unknown: collection.unknown };
  }

  /** The domain of an expression that is unknown if one of its operands is. */
  #strict(expr: Expr, operands: readonly Expr[], fails: boolean, given: Assumptions): Domain {
    if (expr.type.kind === 'Bool' && expr.kind === 'Apply')
      return convertTruthSet(this.findTruthSet(expr, given));
    const domain = this.#inferDomain(expr);
    const all = operands.map((operand) => this.findDomain(operand, given));
    const missed = expr.kind === 'Lookup' && domain.unknown;
    return {
      ...domain,
      known: domain.known && all.every(({ known }) => known),
      unknown: fails || missed || all.some(({ unknown }) => unknown),
    };
  }

  /** A fresh value is also the latest value. */
  #whileFresh(read: ReadExpr, given: Assumptions): Domain {
    const domain = this.#inferDomain(read);
    const ages = !read.latest && read.members.some((member) => member.fresh !== undefined);
    if (!ages || !hasFixedPath(read)) return domain;
    const latest = this.#latest.get(read) ?? { ...read, latest: true };
    this.#latest.set(read, latest);
    const last = given.operands.get(this.identities.of(latest));
    if (last === undefined) return domain;
    return { ...intersectDomains(domain, last), known: domain.known && last.known };
  }

  /** Without a value if a key has none. */
  #byKeys(read: ReadExpr, domain: Domain, given: Assumptions): Domain {
    const keys = listEntryKeys(read).map((key) => this.findDomain(key, given));
    return { ...domain, known: domain.known && keys.every(({ known }) => known) };
  }

  #read(read: ReadExpr, given: Assumptions): Domain {
    const domain = this.#whileFresh(read, given);
    if (!hasFixedPath(read)) return this.#byKeys(read, domain, given);
    const fallback = read.members.at(-1)?.default;
    const absent: Domain =
      fallback === undefined
        ? { ...domain, known: false, unknown: true }
        : createSingleton(fallback);
    for (let depth = 1; depth <= read.members.length; depth += 1) {
      const path = spellPath({ ...read, members: read.members.slice(0, depth) });
      if (given.present.get(path) === false) return absent;
      const goesStale = !read.latest && given.usable.get(path) === false;
      if (goesStale && depth < read.members.length)
        return fallback === undefined ? absent : { ...domain, unknown: true };
    }
    return domain;
  }
}

/** Expressions whose value does not follow from operands in the policy. */
const notConstant: ReadonlySet<Expr['kind']> = new Set([
  ...(['Read', 'Selector', 'Now', 'Age', 'Variable', 'Lookup', 'History'] as const),
]);

interface Folded {
  /** `undefined` if it is unknown. */
  readonly value: Value | undefined;
}

function isLeaf(expr: Expr): boolean {
  return ['Constant', 'Read', 'Selector', 'Variable', 'Lookup'].includes(expr.kind);
}

function toTruthSet(value: Value | undefined): TruthSet {
  return value === undefined ? onlyUnknown : value === true ? onlyTrue : onlyFalse;
}

function convertDomain(domain: Domain): TruthSet {
  return (
    (domain.unknown ? onlyUnknown : noTruth) |
    (admits(domain, true) ? onlyTrue : noTruth) |
    (admits(domain, false) ? onlyFalse : noTruth)
  );
}

function convertTruthSet(truthSet: TruthSet): Domain {
  const values = [...(truthSet & onlyTrue ? [true] : []), ...(truthSet & onlyFalse ? [false] : [])];
  return {
    ...anyDomain,
    known: values.length > 0,
    unknown: (truthSet & onlyUnknown) !== 0,
    only: values,
  };
}

/** The maximum number of combinations of values for which a call is evaluated. */
const combinationLimit = 64;

/** The values of a call for all combinations of operands, or `undefined` if there are too many. */
export function computeResults(
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
