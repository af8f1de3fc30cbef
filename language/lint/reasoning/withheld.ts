// Computes what remains of expressions once something is withheld: the expression after, and how
// its value relates to the one before. In the evaluator, a lost value makes what is computed from
// it unknown, which can only restrict. Conditions that handle the loss themselves (`else`, `known`,
// `is present`, a default, `latest`) are those that let a rule fail open.

import { inferInterval } from '../../checker/expressions/intervals.ts';
import { type BuiltinRole, findRole, isListCount } from '../../model/builtins.ts';
import { listEntryKeys } from '../../model/entries.ts';
import type {
  AggregateExpr,
  EventPattern,
  Expr,
  HistoryExpr,
  HistoryTerm,
  IfExpr,
  KnownExpr,
  LastTerm,
  PresenceExpr,
  QuantifierExpr,
  ReadExpr,
  Variable,
} from '../../model/model.ts';
import { listOperands, listTermPatterns, unwrapBinding } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import type { Span } from '../../support/source.ts';
import type { BuiltinName } from '../../types/builtins/names.ts';
import { type Comparison, flippedComparisons } from '../../types/comparisons.ts';
import { isSubrange, type Range } from '../../types/ranges.ts';
import { bool, type Type, type Value } from '../../types/types.ts';
import { isEnclosingPath } from '../rules.ts';
import { isOfSameEvents, type MissingData } from '../warnings/missing-data.ts';
import { isConflict, noAssumptions } from './assumptions.ts';
import {
  choosePairs,
  combineElse,
  combineThreshold,
  filterPairs,
  joinPairs,
  lost,
  negatePairs,
  type Pairs,
  pairTruths,
  quantifyPairs,
  unchanged,
} from './pairs.ts';
import { withheldVariable } from './reachable-values.ts';
import type { Reasoning } from './reasoning.ts';
import { anyTruth, onlyFalse, onlyTrue, onlyUnknown, type TruthSet } from './truth-set.ts';

/** How a value relates to the one before: the same, the same or unknown, or anything. */
type Change = 'none' | 'lost' | 'any';

/** An expression after something was withheld, compared with the one before. */
export interface Withheld {
  readonly after: Expr;
  readonly change: Change;
  /** The pairs of truth values of a condition. */
  readonly pairs: Pairs;
  /** Whether a collection has fewer or more elements than before. */
  readonly trend?: Trend | undefined;
  /** Whether a number can only be smaller, or only larger, than before; it is unknown only if it was. */
  readonly amount?: Trend | undefined;
}

type Trend = 'smaller' | 'larger';

/**
 * How a condition changes if an operand becomes a smaller collection: it can only fall, or only
 * rise.
 */
const ofSmaller: Partial<Record<BuiltinName, readonly (Direction | undefined)[]>> = {
  in: [undefined, 'falls'],
  'not in': [undefined, 'rises'],
  within: ['rises', 'falls'],
  'not within': ['falls', 'rises'],
  intersects: ['falls', 'falls'],
};

type Direction = 'rises' | 'falls';

/** Whether a derived collection has the trend of its operand, or the opposite one. */
const keepsTrend: Partial<Record<BuiltinRole, readonly boolean[]>> = {
  union: [true, true],
  intersection: [true, true],
  subtraction: [true, false],
};

/** A condition before and after, for which only some pairs of values are possible. */
export interface Link {
  readonly before: Expr;
  readonly after: Expr;
  readonly pairs: Pairs;
}

/** Computes expressions without one kind of missing data. */
export class WithheldEvaluation {
  readonly #missing: MissingData;
  readonly #reasoning: Reasoning;
  readonly #known = new Map<Expr, Withheld>();
  readonly links: Link[] = [];

  constructor(missing: MissingData, reasoning: Reasoning) {
    this.#missing = missing;
    this.#reasoning = reasoning;
  }

  of(expr: Expr): Withheld {
    const before = this.#known.get(expr);
    if (before !== undefined) return before;
    const found = this.#find(expr);
    this.#known.set(expr, found);
    return found;
  }

  #find(expr: Expr): Withheld {
    switch (expr.kind) {
      case 'Constant':
        return typeof expr.value === 'boolean'
          ? createSameTruth(expr, expr.value)
          : createSameWithheld(expr);
      case 'Selector':
      case 'Now':
        return createSameWithheld(expr);
      case 'Read': {
        const own = this.#read(expr);
        return own.change === 'none' ? this.#strict(expr) : own;
      }
      case 'Variable':
        return this.#missing.path === `${expr.variable.path}[]`
          ? this.#misfit(expr)
          : createSameWithheld(expr);
      case 'Binding': {
        const value = this.of(expr.binding.value);
        return value.change === 'none' ? createSameWithheld(expr) : value;
      }
      case 'Lookup':
        return this.#isTable(expr.table.name) ? withholdValue(expr) : this.#strict(expr);
      case 'History':
        if (this.#missing.path === expr.term.text) return withholdValue(expr);
        return this.#missing.events === undefined
          ? this.#strict(expr)
          : this.#ofEvents(expr, this.#missing.events);
      case 'Apply':
        if (isListCount(expr) && this.#isOfElements(expr.args[0] as Expr))
          return createSameWithheld(expr);
        return this.#strict(expr);
      case 'Compare':
      case 'Age':
      case 'InWindow':
      case 'Calendar':
      case 'Set':
        return this.#strict(expr);
      case 'And':
      case 'Or': {
        const operands = expr.operands.map((operand) => this.of(operand));
        return applyChange(expr, operands, () => ({
          after: { ...expr, operands: operands.map(({ after }) => after) },
          pairs: joinPairs(
            expr.kind,
            operands.map(({ pairs }) => pairs),
          ),
        }));
      }
      case 'Not': {
        const operand = this.of(expr.operand);
        return applyChange(expr, [operand], () => ({
          after: { ...expr, operand: operand.after },
          pairs: negatePairs(operand.pairs),
        }));
      }
      case 'Known':
        return this.#knownness(expr);
      case 'Presence':
        return this.#presence(expr);
      case 'Quantifier':
        return this.#quantifier(expr);
      case 'Aggregate':
        return this.#aggregate(expr);
      case 'If': {
        const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((part) =>
          this.of(part),
        ) as [Withheld, Withheld, Withheld];
        return applyChange(expr, [condition, then, otherwise], () => ({
          after: rebuildIf(expr, condition.after, then.after, otherwise.after),
          pairs: choosePairs(condition.pairs, then.pairs, otherwise.pairs),
        }));
      }
      case 'Else': {
        const [value, fallback] = [this.of(expr.value), this.of(expr.fallback)];
        if (value.change === 'none')
          return applyChange(expr, [fallback], () => ({
            after: { ...expr, fallback: fallback.after },
            pairs: combineElse(unchanged, fallback.pairs),
          }));
        const after = isGone(value.after)
          ? fallback.after
          : { ...expr, value: value.after, fallback: fallback.after };
        return {
          after,
          change: isGone(after) ? 'lost' : 'any',
          pairs: combineElse(value.pairs, fallback.pairs),
          trend: isGone(value.after) && isEmptyCollection(fallback.after) ? 'smaller' : undefined,
        };
      }
    }
  }

  // --- leaves ------------------------------------------------------------------------------------

  #read(read: ReadExpr): Withheld {
    const { path, how } = this.#missing;
    const own = spellPath(read);
    if (how === 'unusable' || how === 'unlisted')
      return own === path ? this.#misfit(read) : createSameWithheld(read);
    if (how === 'unfilled') return createSameWithheld(read);
    if (how === 'stale') {
      if (!isEnclosingPath(path, own)) return createSameWithheld(read);
      return read.latest ? this.#last(read) : withholdValue(read);
    }
    if (!isEnclosingPath(path, own))
      return this.#isObservation(read, path) ? withholdValue(read) : createSameWithheld(read);
    const fallback = read.members.at(-1)?.default;
    if (fallback === undefined) return withholdValue(read);
    const after = createConstantExpr(fallback, read.type, read.span);
    if (read.type.kind === 'Bool') return this.#atom(read, after);
    const isNothing = Array.isArray(fallback) && fallback.length === 0;
    return { after, change: 'any', pairs: anyPairs, trend: isNothing ? 'smaller' : undefined };
  }

  /** A value that does not fit its type, or that has the meaning of another member of its enum. */
  #misfit(expr: Expr): Withheld {
    const { how } = this.#missing;
    if (how === 'unusable') return withholdValue(expr);
    const { type, span } = expr;
    if (how !== 'unlisted' || type.kind !== 'Enum' || type.otherwise === undefined)
      return createSameWithheld(expr);
    return {
      after: createConstantExpr(type.otherwise, type, span),
      change: 'any',
      pairs: anyPairs,
    };
  }

  /** Whether the path is the `observed_at` on which the freshness of the read value depends. */
  #isObservation(read: ReadExpr, path: string): boolean {
    if (read.latest || !path.endsWith('.observed_at')) return false;
    return read.members.some(
      (member, index) =>
        member.fresh !== undefined &&
        path === `${spellPath({ ...read, members: read.members.slice(0, index + 1) })}.observed_at`,
    );
  }

  /** The last value of a stale record: some value, which need not be the value of a fresh one. */
  #last(read: ReadExpr): Withheld {
    const [first, ...others] = read.members;
    if (first === undefined) return createSameWithheld(read);
    const members = [{ ...first, name: `last ${first.name}` }, ...others].map((member) => ({
      ...member,
      optional: false,
      fresh: undefined,
      default: undefined,
    }));
    return { after: { ...read, members }, change: 'any', pairs: anyPairs };
  }

  #isTable(name: string): boolean {
    return this.#missing.how === 'unfilled' && this.#missing.path === `${name}[…]`;
  }

  /** Whether it is the collection with the unusable or unlisted elements. */
  #isOfElements(collection: Expr, hows: readonly MissingData['how'][] = ['unusable']): boolean {
    const read = unwrapBinding(collection);
    return (
      hows.includes(this.#missing.how) &&
      read.kind === 'Read' &&
      this.#missing.path === `${spellPath(read)}[]`
    );
  }

  #presence(expr: PresenceExpr): Withheld {
    const { path, how } = this.#missing;
    const ofKeys = this.#strict(expr.operand);
    if (isGone(ofKeys.after)) return withholdValue(expr);
    if (ofKeys.change !== 'none')
      return this.#atom(expr, { ...expr, operand: ofKeys.after as ReadExpr });
    const own = spellPath(expr.operand);
    const isOwn = own === path && listEntryKeys(expr.operand).length === 0;
    const [yes, no] = expr.present ? [onlyTrue, onlyFalse] : [onlyFalse, onlyTrue];
    // It is present before, and also after if only its value is lost.
    if (isOwn && (how === 'unusable' || how === 'unlisted'))
      return createSameTruth(expr, expr.present);
    if (how !== 'absent' || !isEnclosingPath(path, own)) return createSameWithheld(expr);
    const after = createConstantExpr(!expr.present, bool, expr.span);
    return isOwn ? { after, change: 'any', pairs: pairTruths(yes, no) } : this.#atom(expr, after);
  }

  #knownness(expr: KnownExpr): Withheld {
    const read = unwrapBinding(expr.operand);
    const never = () => this.#atom(expr, createConstantExpr(false, bool, expr.span));
    if (read.kind === 'Read' && read.type.kind === 'Record') {
      const { path, how } = this.#missing;
      const own = spellPath(read);
      const ofKeys = this.#strict(read);
      if (isGone(ofKeys.after)) return never();
      if (ofKeys.change !== 'none') return this.#atom(expr, { ...expr, operand: ofKeys.after });
      if (how === 'absent' && isEnclosingPath(path, own)) return never();
      if (how === 'absent' && this.#isObservation(read, path)) return never();
      const goesStale = how === 'stale' && !read.latest && isEnclosingPath(path, own);
      return goesStale ? never() : createSameWithheld(expr);
    }
    if (this.#isOfElements(expr.operand)) return never();
    const operand = this.of(expr.operand);
    if (operand.change === 'none') return createSameWithheld(expr);
    return isGone(operand.after) ? never() : this.#atom(expr, { ...expr, operand: operand.after });
  }

  // --- operators ---------------------------------------------------------------------------------

  /** The expression is unknown if an operand is. */
  #strict(expr: Expr): Withheld {
    const operands = listOperands(expr).map((operand): Withheld => {
      if (this.#isOfElements(operand)) return withholdValue(operand);
      if (!this.#isOfElements(operand, ['unlisted'])) return this.of(operand);
      return { after: createWhatever(operand), change: 'any', pairs: anyPairs };
    });
    if (operands.every(({ change }) => change === 'none')) return createSameWithheld(expr);
    if (operands.some(({ after }) => isGone(after))) return withholdValue(expr);
    const after = withOperands(
      expr,
      operands.map((operand) => operand.after),
    );
    if (operands.every(({ change }) => change !== 'any'))
      return { after, change: 'lost', pairs: lost };
    if (expr.kind === 'History')
      return { after: createWhatever(expr), change: 'any', pairs: anyPairs };
    if (expr.type.kind !== 'Bool')
      return { after, change: 'any', pairs: anyPairs, trend: findTrend(expr, operands) };
    return this.#limitPairs(this.#atom(expr, after), expr, findDirection(expr, operands));
  }

  /** Removes pairs if the condition can only fall or only rise. */
  #limitPairs(found: Withheld, before: Expr, direction: Direction | undefined): Withheld {
    if (direction === undefined) return found;
    const { after } = found;
    const pairs = found.pairs & directionPairs[direction];
    this.links.push({ before, after, pairs });
    return { after, pairs, change: classifyChange(pairs) };
  }

  // --- events ------------------------------------------------------------------------------------

  /** A term about events, of which some may lose the data. */
  #ofEvents(expr: HistoryExpr, events: EventPattern['of']): Withheld {
    const { term } = expr;
    const [matches, starts = neverMatches] = listTermPatterns(term).map((pattern) =>
      isOfSameEvents(pattern.of, events) ? this.#matching(pattern) | unchanged : unchanged,
    ) as [Pairs, Pairs?];
    if (term.form === 'last') return this.#evaluateLast(expr, term, matches);
    const pairs = this.#pairsOfTerm(term, matches, starts) | unchanged;
    if (classifyChange(pairs) === 'none') return createSameWithheld(expr);
    const after = createWhatever(expr);
    this.links.push({ before: expr, after, pairs });
    return { after, pairs, change: classifyChange(pairs) };
  }

  /** Whether an event that loses the data matches the pattern. */
  #matching({ condition, key }: EventPattern): Pairs {
    const own = condition === undefined ? alwaysMatches : this.#possiblePairs(condition);
    const isKeyLost =
      key?.parts.some(
        ({ ofEvent, ofRequest }) => ofEvent !== ofRequest && this.of(ofEvent).change !== 'none',
      ) ?? false;
    return isKeyLost ? joinPairs('And', [own, lost]) : own;
  }

  #pairsOfTerm(
    term: Exclude<HistoryTerm, { readonly form: 'last' }>,
    matches: Pairs,
    starts: Pairs,
  ): Pairs {
    if (term.form === 'once') return quantifyPairs('any', matches);
    if (term.form === 'since') {
      const notStarted = negatePairs(quantifyPairs('any', starts));
      return quantifyPairs('any', joinPairs('And', [matches, notStarted]));
    }
    const amount = term.form === 'sum' ? this.of(term.member).change : 'none';
    if (amount === 'any') return anyPairs;
    const each = amount === 'lost' ? matches | lost : matches;
    if (term.operator === '>' || term.operator === '>=') return combineThreshold(each);
    if (term.operator === '<' || term.operator === '<=') return negatePairs(combineThreshold(each));
    const change = classifyChange(each);
    return change === 'any' ? anyPairs : change === 'lost' ? lost : unchanged;
  }

  /** The newest event can lose the member, or become another event. */
  #evaluateLast(expr: HistoryExpr, { field }: LastTerm, matches: Pairs): Withheld {
    const isOther = classifyChange(matches) === 'any';
    const own = this.of(field);
    if (isOther || own.change === 'any')
      // Another event may have lost it, so that the newest one is as before.
      return { after: createWhatever(expr), change: 'any', pairs: anyPairs };
    return classifyChange(matches) === 'lost' || own.change === 'lost'
      ? withholdValue(expr)
      : createSameWithheld(expr);
  }

  #quantifier(expr: QuantifierExpr): Withheld {
    const collection = this.of(expr.collection);
    const body = this.#ofElement(expr.body);
    if (isGone(collection.after)) return withholdValue(expr);
    const { after } = collection;
    if (isEmptyCollection(after))
      return this.#atom(expr, createConstantExpr(expr.quantifier === 'all', bool, expr.span));
    if (collection.change !== 'none') {
      const found = this.#atom(expr, { ...expr, collection: after, body: body.after });
      return this.#limitPairs(found, expr, getElementsDirection(expr, collection, body));
    }
    if (body.change === 'none') return createSameWithheld(expr);
    // Some of the elements may have what others do not.
    const mixed = this.#missing.path.includes('[]');
    const each = mixed ? body.pairs | unchanged : body.pairs;
    const found: Withheld = {
      after: mixed ? createWhatever(expr) : { ...expr, body: body.after },
      change: classifyChange(body.pairs),
      pairs: quantifyPairs(expr.quantifier, each) | unchangedUnknown,
    };
    this.links.push({ before: expr, after: found.after, pairs: found.pairs });
    return found;
  }

  /** A condition on the elements may become another one for some of them. */
  #aggregate(expr: AggregateExpr): Withheld {
    const counts = expr.condition && this.#possiblePairs(expr.condition);
    const isLeftOut = counts !== undefined && (counts & ~lost) !== 0;
    if (isLeftOut && !isGone(this.of(expr.collection).after))
      return {
        after: createWhatever(expr),
        change: 'any',
        pairs: anyPairs,
        amount: this.#findAmountTrend(expr, counts),
      };
    const found = this.#strict(expr);
    const mixed = this.#missing.path.includes('[]');
    return found.change === 'any' && mixed ? { ...found, after: createWhatever(expr) } : found;
  }

  /** A sum of values that are not negative is smaller if fewer elements count. */
  #findAmountTrend(expr: AggregateExpr, counts: Pairs): Trend | undefined {
    const { form, collection, body } = expr;
    const isSame = this.of(collection).change === 'none' && this.of(body).change === 'none';
    const isKnown = !this.#reasoning.findDomain(body, this.#reasoning.begin()).unknown;
    if (form !== 'sum' || !isSame || !isKnown || !isSubrange(inferInterval(body), summands))
      return undefined;
    if ((counts & ~(unchanged | pairTruths(onlyTrue, onlyFalse))) === 0) return 'smaller';
    return (counts & ~(unchanged | pairTruths(onlyFalse, onlyTrue))) === 0 ? 'larger' : undefined;
  }

  /** A condition on an event or element, without pairs that contradict each other. */
  #ofElement(condition: Expr): Withheld {
    const found = this.of(condition);
    const pairs = found.change === 'none' ? found.pairs : this.#possiblePairs(condition);
    return { ...found, pairs, change: classifyChange(pairs) };
  }

  #possiblePairs(condition: Expr): Pairs {
    const { after, pairs, change } = this.of(condition);
    if (change === 'none') return pairs;
    return pairs & filterPairs(anyTruth, anyTruth, this.#mayHave(condition, after));
  }

  /** Whether one expression can have one value while the other has another. */
  #mayHave(before: Expr, after: Expr): (one: TruthSet, other: TruthSet) => boolean {
    const reasoning = this.#reasoning;
    return (one, other) =>
      !isConflict(
        reasoning.assume(
          reasoning.begin(),
          { expr: before, wanted: one },
          { expr: after, wanted: other },
        ),
      );
  }

  /**
   * Finds the possible pairs of an expression that is not built from conditions, by reasoning about
   * its values.
   */
  #atom(before: Expr, after: Expr): Withheld {
    const reasoning = this.#reasoning;
    const initial = reasoning.begin();
    const pairs = filterPairs(
      reasoning.findTruthSet(before, initial),
      reasoning.findTruthSet(after, noAssumptions),
      this.#mayHave(before, after),
    );
    return { after, change: classifyChange(pairs), pairs };
  }
}

/** The value common to all operands that change, or `undefined` if there is none. */
function findCommon<T>(each: readonly (T | undefined)[]): T | undefined {
  const [first] = each;
  return each.every((one) => one === first) ? first : undefined;
}

function listChanging(operands: readonly Withheld[]): readonly number[] {
  return operands.flatMap(({ change }, index) => (change === 'none' ? [] : [index]));
}

function findTrend(expr: Expr, operands: readonly Withheld[]): Trend | undefined {
  const role = findRole(expr);
  const keeps = role && keepsTrend[role];
  if (keeps === undefined) return undefined;
  return findCommon(
    listChanging(operands).map((index) => {
      const trend = operands[index]?.trend;
      if (trend === undefined || keeps[index]) return trend;
      return trend === 'smaller' ? 'larger' : 'smaller';
    }),
  );
}

/** How a comparison changes if one operand can only be smaller or only larger. */
function getComparisonDirection(
  operator: Comparison,
  [left, right]: readonly Withheld[],
): Direction | undefined {
  const isLeft = right?.change === 'none';
  const amount = isLeft ? left?.amount : left?.change === 'none' ? right?.amount : undefined;
  const oriented = isLeft ? operator : flippedComparisons[operator];
  if (amount === undefined || oriented === 'is' || oriented === 'is not') return undefined;
  const isAbove = oriented === '>' || oriented === '>=';
  return isAbove === (amount === 'larger') ? 'rises' : 'falls';
}

function findDirection(expr: Expr, operands: readonly Withheld[]): Direction | undefined {
  if (expr.kind === 'Compare') return getComparisonDirection(expr.operator, operands);
  if (expr.kind !== 'Apply') return undefined;
  const directions = ofSmaller[expr.builtin.name];
  // Addresses in networks are not elements of a set.
  if (directions === undefined || expr.args.some(({ type }) => type.kind === 'Cidr'))
    return undefined;
  return findCommon(
    listChanging(operands).map((index) => {
      const trend = operands[index]?.trend;
      const direction = directions[index];
      if (trend === undefined || direction === undefined || trend === 'smaller')
        return trend && direction;
      return direction === 'falls' ? 'rises' : 'falls';
    }),
  );
}

/** Over fewer elements, `any` can only fall, and `all` only rise; over others only if the condition on them does so. */
function getElementsDirection(
  { quantifier }: QuantifierExpr,
  { trend }: Withheld,
  body: Withheld,
): Direction | undefined {
  if (trend === undefined) return undefined;
  const direction = (trend === 'smaller') === (quantifier === 'any') ? 'falls' : 'rises';
  return (body.pairs & ~directionPairs[direction]) === 0 ? direction : undefined;
}

function isEmptyCollection(expr: Expr): boolean {
  if (expr.kind === 'Set') return expr.elements.length === 0;
  return expr.kind === 'Constant' && Array.isArray(expr.value) && expr.value.length === 0;
}

/** Numbers of which a sum of all elements of a collection fits into 64 bits. */
const summands: Range = { min: 0n, max: 2n ** 31n };

const alwaysMatches: Pairs = pairTruths(onlyTrue, onlyTrue);
const neverMatches: Pairs = pairTruths(onlyFalse, onlyFalse);
const anyPairs: Pairs = 0b111_111_111;
const directionPairs: Readonly<Record<Direction, Pairs>> = {
  falls:
    unchanged | pairTruths(onlyTrue, onlyFalse | onlyUnknown) | pairTruths(onlyUnknown, onlyFalse),
  rises:
    unchanged | pairTruths(onlyFalse, onlyTrue | onlyUnknown) | pairTruths(onlyUnknown, onlyTrue),
};
const unchangedUnknown: Pairs = 0b000_010_000;

function classifyChange(pairs: Pairs): Change {
  if ((pairs & ~unchanged) === 0) return 'none';
  return (pairs & ~lost) === 0 ? 'lost' : 'any';
}

function createSameWithheld(expr: Expr): Withheld {
  return { after: expr, change: 'none', pairs: unchanged };
}

/** A condition that has the value before and after. */
function createSameTruth(expr: Expr, value: boolean): Withheld {
  const truth = value ? onlyTrue : onlyFalse;
  return { ...createSameWithheld(expr), pairs: pairTruths(truth, truth) };
}

/** Replaces a withheld expression by an unknown value. */
function withholdValue({ type, span }: Expr): Withheld {
  return {
    after: { kind: 'Variable', variable: withheldVariable, type, span },
    change: 'lost',
    pairs: lostPairs,
  };
}

const lostPairs: Pairs = 0b010_010_010;

function isGone(expr: Expr): boolean {
  return expr.kind === 'Variable' && (expr.variable as Variable) === withheldVariable;
}

function applyChange(
  expr: Expr,
  operands: readonly Withheld[],
  make: () => { readonly after: Expr; readonly pairs: Pairs },
): Withheld {
  if (operands.every(({ change }) => change === 'none')) return createSameWithheld(expr);
  const { after, pairs } = make();
  if (expr.type.kind === 'Bool') return { after, pairs, change: classifyChange(pairs) };
  return { after, pairs, change: operands.some(({ change }) => change === 'any') ? 'any' : 'lost' };
}

/** A value about which nothing is known except its link to the one before. */
function createWhatever({ type, span }: Expr): Expr {
  const variable: Variable = { name: 'whatever', type, path: '' };
  return { kind: 'Variable', variable, type, span };
}

function rebuildIf(expr: IfExpr, condition: Expr, then: Expr, otherwise: Expr): Expr {
  return { ...expr, condition, then, else: otherwise };
}

function createConstantExpr(value: Value, type: Type, span: Span): Expr {
  return { kind: 'Constant', value, type, span };
}

/** The same operator with other operands, in the order of `listOperands`. */
function withOperands(expr: Expr, operands: readonly Expr[]): Expr {
  const [first, second] = operands as [Expr, Expr];
  switch (expr.kind) {
    case 'Lookup':
      return { ...expr, keys: operands };
    case 'Apply':
      return { ...expr, args: operands };
    case 'Compare':
      return { ...expr, left: first, right: second };
    case 'Age':
    case 'InWindow':
    case 'Calendar':
      return { ...expr, of: first };
    case 'Set':
      return { ...expr, elements: operands };
    case 'Aggregate': {
      const condition = expr.condition && second;
      return { ...expr, collection: first, condition, body: operands.at(-1) as Expr };
    }
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Binding' | 'And')
        | ('Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier' | 'If' | 'Else')
        | 'History';
      return expr;
  }
}
