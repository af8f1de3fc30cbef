// Decides which conditions can hold together: assumes them one by one, and finds contradictions. A
// contradiction holds for every request; conditions without one may still be impossible together.

import { asRead } from '../../checker/expressions/parts.ts';
import { findAffirmative, findRole, isListCount } from '../../model/builtins.ts';
import { hasFixedPath } from '../../model/entries.ts';
import type {
  ApplyExpr,
  CompareExpr,
  Comparison,
  Expr,
  InWindowExpr,
  JunctionExpr,
  KnownExpr,
  PresenceExpr,
} from '../../model/model.ts';
import { collectExprs, listOperands } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import { flippedComparisons } from '../../types/comparisons.ts';
import { isEquatable, type Value } from '../../types/types.ts';
import {
  type Assumptions,
  type Conflict,
  isConflict,
  type TruthClaim,
  withOperand,
} from './assumptions.ts';
import {
  type AllowedValues,
  anyDomain,
  type Domain,
  findOnlyValue,
  intersectDomains,
  limitByComparison,
  listFewValues,
  restrictKnown,
} from './domain.ts';
import { findListedValues, mayLoseTime } from './operands.ts';
import { anyOrder, flipOrders, ordersByOperator } from './orders.ts';
import { computeResults, ReachableValues } from './reachable-values.ts';
import {
  anyTruth,
  getDecidingTruths,
  getOperandTruths,
  isOpenJunction,
  negateTruths,
  noTruth,
  onlyFalse,
  onlyTrue,
  onlyUnknown,
  type TruthSet,
} from './truth-set.ts';
import { anyTime, findWallTimes, intersectTimes } from './wall-times.ts';

/** Narrows assumptions by claims. */
export class Reasoning extends ReachableValues {
  /**
   * Returns the assumptions with each condition limited to its wanted values, or why that is
   * impossible.
   */
  assume(before: Assumptions, ...claims: readonly TruthClaim[]): Assumptions | Conflict {
    const made = [...before.made, ...claims];
    let found: Assumptions | Conflict = { ...before, made };
    for (const { expr, wanted } of claims) {
      found = this.#narrow(found, expr, wanted);
      if (isConflict(found)) return found;
    }
    // Later claims may contradict earlier ones.
    for (const { expr, wanted } of made) {
      found = this.#narrow(found, expr, wanted);
      if (isConflict(found)) return found;
    }
    return found;
  }

  // --- assuming -----------------------------------------------------------------------------------

  #narrow(given: Assumptions, expr: Expr, wanted: TruthSet): Assumptions | Conflict {
    if (!this.step() || wanted === anyTruth) return given;
    if (expr.kind === 'Binding') return this.#narrow(given, expr.binding.value, wanted);
    if (expr.kind === 'Not') return this.#narrow(given, expr.operand, negateTruths(wanted));
    // Narrows each operand by itself, which also finds the one that conflicts.
    if (isJunction(expr) && isOpenJunction(expr.kind, wanted))
      return this.#note(this.#junction(given, expr, wanted), expr, wanted);
    const truthSet = this.findTruthSet(expr, given);
    const possible = truthSet & wanted;
    if (possible === noTruth) return this.#conflict(given, expr, truthSet);
    switch (expr.kind) {
      case 'And':
      case 'Or':
        return this.#note(this.#junction(given, expr, possible), expr, possible);
      case 'Known':
        return this.#assumeKnown(given, expr, possible);
      case 'Presence':
        return this.#assumePresence(given, expr, possible);
      case 'Compare':
        return this.#note(this.#assumeCompared(given, expr, possible), expr, possible);
      case 'Apply':
        return this.#note(this.#assumeListed(given, expr, possible), expr, possible);
      case 'InWindow':
        return this.#note(this.#assumeInWindow(given, expr, possible), expr, possible);
      case 'If':
      case 'Else':
        return this.#note(this.#assumeOneWay(given, listBranches(expr), possible), expr, possible);
      default:
        expr.kind satisfies
          | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Age')
          | ('Calendar' | 'Quantifier' | 'Aggregate' | 'Set' | 'History');
        return this.#note(given, expr, possible);
    }
  }

  #conflict(given: Assumptions, expr: Expr, truthSet: TruthSet): Conflict {
    const since = [...collectExprs([expr])].flatMap((part) =>
      this.#listNarrowingConditions(given, part),
    );
    const others = since.filter((other) => this.identities.of(other) !== this.identities.of(expr));
    return {
      kind: truthSet === onlyUnknown ? 'unknown' : 'values',
      between: [...new Set([...others.slice(-1), expr])],
    };
  }

  /** The conditions that narrowed an operand, a wall clock or the order of two operands. */
  #listNarrowingConditions(given: Assumptions, expr: Expr): readonly Expr[] {
    const narrowed =
      expr.kind === 'Compare'
        ? given.orders.get(this.identities.ofPair(expr.left, expr.right).identity)
        : expr.kind === 'InWindow'
          ? given.times.get(this.identities.ofWallClock(expr))
          : undefined;
    const operand = given.operands.get(this.identities.ofFact(expr).identity);
    return [...(narrowed?.since ?? []), ...(operand?.since ?? [])];
  }

  /** The truth value of a condition is the same for all conditions with the same structure. */
  #note(found: Assumptions | Conflict, expr: Expr, noted: TruthSet): Assumptions | Conflict {
    if (isConflict(found)) return found;
    const { identity, isNegated } = this.identities.ofFact(expr);
    const truthSet = isNegated ? negateTruths(noted) : noted;
    const before = found.operands.get(identity) ?? anyBoolean;
    const values = [
      ...(truthSet & onlyTrue ? [true] : []),
      ...(truthSet & onlyFalse ? [false] : []),
    ];
    const after = intersectDomains(
      restrictKnown(before, { unknown: (truthSet & onlyUnknown) !== 0 }),
      {
        only: values,
      },
    );
    if (!after.known && !after.unknown) return { kind: 'values', between: [expr] };
    if (after === before) return found;
    return withOperand(found, identity, { ...after, since: [...before.since, expr] });
  }

  #junction(
    assumptions: Assumptions,
    expr: JunctionExpr,
    wanted: TruthSet,
  ): Assumptions | Conflict {
    const decides = getDecidingTruths(expr.kind);
    if ((wanted & decides) === noTruth) {
      const each = getOperandTruths(expr.kind, wanted);
      let found: Assumptions | Conflict = assumptions;
      for (const operand of expr.operands) {
        found = this.#narrow(found, operand, each);
        if (isConflict(found)) return found;
      }
      return found;
    }
    if (wanted & negateTruths(decides)) return assumptions;
    return this.#assumeOneWay(
      assumptions,
      expr.operands.map((operand) => [{ expr: operand, wanted: decides | (wanted & onlyUnknown) }]),
      anyTruth,
    );
  }

  /**
   * Assumes at least one of several ways: applies it if only one remains, and returns a conflict if
   * none does.
   */
  #assumeOneWay(
    given: Assumptions,
    ways: readonly Way[],
    wanted: TruthSet,
  ): Assumptions | Conflict {
    const possible: Assumptions[] = [];
    let last: Conflict | undefined;
    for (const way of ways) {
      let found: Assumptions | Conflict = given;
      for (const step of way) {
        if (!isConflict(found)) found = this.#narrow(found, step.expr, step.wanted ?? wanted);
      }
      if (isConflict(found)) last = found;
      else possible.push(found);
      if (possible.length > 1) return given;
    }
    return possible[0] ?? last ?? given;
  }

  #assumeKnown(given: Assumptions, expr: KnownExpr, truthSet: TruthSet): Assumptions | Conflict {
    const read = asRead(expr.operand);
    if (read !== undefined && read.type.kind === 'Record') {
      const path = spellPath(read);
      if (!hasFixedPath(read) || (truthSet !== onlyTrue && truthSet !== onlyFalse)) return given;
      const fresh = read.members.some((member) => member.fresh !== undefined);
      if (read.latest || !fresh)
        return { ...given, present: new Map(given.present).set(path, truthSet === onlyTrue) };
      const usable = new Map(given.usable).set(path, truthSet === onlyTrue);
      const present =
        truthSet === onlyTrue ? new Map(given.present).set(path, true) : given.present;
      return { ...given, usable, present };
    }
    if (truthSet === onlyTrue) return this.#restrict(given, expr.operand, expr, { unknown: false });
    if (truthSet === onlyFalse) return this.#restrict(given, expr.operand, expr, { known: false });
    return given;
  }

  #assumePresence(given: Assumptions, expr: PresenceExpr, truthSet: TruthSet): Assumptions {
    const { operand, present } = expr;
    if (!hasFixedPath(operand) || (truthSet !== onlyTrue && truthSet !== onlyFalse)) return given;
    const isPresent = (truthSet === onlyTrue) === present;
    const found = new Map(given.present);
    // A present member is within present records.
    const firstDepth = isPresent ? 1 : operand.members.length;
    for (let depth = firstDepth; depth <= operand.members.length; depth += 1)
      found.set(spellPath({ ...operand, members: operand.members.slice(0, depth) }), isPresent);
    return { ...given, present: found };
  }

  #assumeCompared(
    given: Assumptions,
    expr: CompareExpr,
    truthSet: TruthSet,
  ): Assumptions | Conflict {
    const { operator, left, right } = expr;
    if (this.identities.of(left) === this.identities.of(right)) {
      return truthSet & onlyUnknown ? given : this.#restrict(given, left, expr, { unknown: false });
    }
    const sides: readonly (readonly [Expr, Expr, Comparison])[] = [
      [left, right, operator],
      [right, left, flippedComparisons[operator]],
    ];
    let found: Assumptions | Conflict = given;
    for (const [side, other, oriented] of sides) {
      if (isConflict(found)) return found;
      const value = this.#definite(other, found);
      const canBeUnknown = value === undefined || mayLoseTime(side, other);
      const decided = truthSet & (onlyTrue | onlyFalse);
      const allowed: AllowedValues =
        value === undefined || decided === (onlyTrue | onlyFalse) || decided === noTruth
          ? {}
          : limitByComparison(this.findDomain(side, found), oriented, value, decided === onlyTrue);
      const limits = {
        ...(truthSet & onlyUnknown ? {} : { unknown: false }),
        ...(truthSet === onlyUnknown && !canBeUnknown ? { known: false } : {}),
      };
      found = this.#restrict(found, side, expr, limits, allowed);
    }
    return isConflict(found) ? found : this.#assumeOrder(found, expr, truthSet);
  }

  #assumeOrder(given: Assumptions, expr: CompareExpr, truthSet: TruthSet): Assumptions {
    const { operator, left, right } = expr;
    if (!isDecided(truthSet)) return given;
    const wanted =
      truthSet === onlyTrue ? ordersByOperator[operator] : anyOrder & ~ordersByOperator[operator];
    const before = this.findOrders(expr, given);
    const after = before & wanted;
    if (after === before) return given;
    const { identity, isFlipped } = this.identities.ofPair(left, right);
    const since = [...(given.orders.get(identity)?.since ?? []), expr];
    const narrowed = { left: isFlipped ? flipOrders(after) : after, since };
    return { ...given, orders: new Map(given.orders).set(identity, narrowed) };
  }

  #assumeInWindow(
    given: Assumptions,
    expr: InWindowExpr,
    truthSet: TruthSet,
  ): Assumptions | Conflict {
    const limits = truthSet & onlyUnknown ? {} : { unknown: false };
    const found = this.#restrict(given, expr.of, expr, limits);
    if (isConflict(found) || !isDecided(truthSet)) return found;
    const identity = this.identities.ofWallClock(expr);
    const before = found.times.get(identity) ?? { left: anyTime, since: [] };
    const left = intersectTimes(before.left, findWallTimes(expr.window, truthSet === onlyTrue));
    const narrowed = { left, since: [...before.since, expr] };
    return { ...found, times: new Map(found.times).set(identity, narrowed) };
  }

  /** The value of an operand that is always known and has only one value. */
  #definite(expr: Expr, given: Assumptions): Value | undefined {
    const domain = this.findDomain(expr, given);
    return domain.unknown ? undefined : findOnlyValue(domain);
  }

  #assumeListed(given: Assumptions, expr: ApplyExpr, truthSet: TruthSet): Assumptions | Conflict {
    const listed = findListedValues(expr);
    const [value] = expr.args;
    let found: Assumptions | Conflict = given;
    if ((truthSet & onlyUnknown) === noTruth) {
      for (const arg of expr.args) {
        if (!isConflict(found)) found = this.#restrict(found, arg, expr, { unknown: false });
      }
    }
    const decided = truthSet & (onlyTrue | onlyFalse);
    if (isConflict(found) || value === undefined) return found;
    if (listed === undefined)
      return this.#assumeFewValues(this.#assumeEmpty(found, expr, truthSet), expr, truthSet);
    if (decided === noTruth || decided === (onlyTrue | onlyFalse)) return found;
    const inside = (decided === onlyTrue) === (findAffirmative(expr) === undefined);
    return this.#restrict(found, value, expr, {}, inside ? { only: listed } : { not: listed });
  }

  /** A subset of an empty collection is empty. */
  #assumeEmpty(given: Assumptions, expr: ApplyExpr, truthSet: TruthSet): Assumptions {
    const [left, right] = expr.args;
    const holds = findAffirmative(expr) === undefined ? onlyTrue : onlyFalse;
    if (findRole(expr) !== 'subset' || holds !== truthSet) return given;
    if (left === undefined || right === undefined) return given;
    if (!this.isEmpty(right, given)) return given;
    return { ...given, empty: new Set(given.empty).add(this.identities.of(left)) };
  }

  /** Leaves of the few values of an operand those for which the call can have a wanted value. */
  #assumeFewValues(
    given: Assumptions,
    expr: ApplyExpr,
    truthSet: TruthSet,
  ): Assumptions | Conflict {
    if (!isDecided(truthSet)) return given;
    const { builtin, args } = expr;
    const values = args.map((arg) => listFewValues(this.findDomain(arg, given)));
    const index = values.findIndex((value) => value === undefined || value.length > 1);
    const operand = args[index];
    if (operand === undefined || !isEquatable(operand.type)) return given;
    const wanted = truthSet === onlyTrue;
    const only = values[index]?.filter((value) => {
      const results = computeResults(builtin, values.with(index, [value]));
      return results === undefined || results.includes(wanted);
    });
    return only === undefined ? given : this.#restrict(given, operand, expr, {}, { only });
  }

  #restrict(
    given: Assumptions,
    operand: Expr,
    since: Expr,
    limits: Partial<Pick<Domain, 'known' | 'unknown'>>,
    allowed: AllowedValues = {},
  ): Assumptions | Conflict {
    const before = this.findDomain(operand, given);
    const after = intersectDomains(restrictKnown(before, limits), allowed);
    if (!after.known && !after.unknown) {
      const kind = before.known ? 'values' : 'unknown';
      const others = before.since.filter((other) => other !== since);
      return { kind, between: [...others.slice(-1), since] };
    }
    if (after === before) return given;
    const noted = { ...after, since: [...before.since, since] };
    const assumptions = withOperand(given, this.identities.of(operand), noted);
    return limits.unknown === false ? this.#allKnown(assumptions, operand, since) : assumptions;
  }

  /** A known value has known operands. */
  #allKnown(given: Assumptions, expr: Expr, since: Expr): Assumptions | Conflict {
    const kinds: readonly Expr['kind'][] = ['Binding', 'Lookup', 'Apply', 'Set', 'Age', 'Calendar'];
    const strict = kinds.includes(expr.kind) && !isListCount(expr);
    let found: Assumptions | Conflict = given;
    for (const operand of strict ? listOperands(expr) : []) {
      if (!this.step() || isConflict(found)) return found;
      found = this.#restrict(found, operand, since, { unknown: false });
    }
    return found;
  }
}

function isJunction(expr: Expr): expr is JunctionExpr {
  return expr.kind === 'And' || expr.kind === 'Or';
}

/** Whether a condition is known and has one value, so that its operands are known. */
function isDecided(truthSet: TruthSet): boolean {
  return truthSet === onlyTrue || truthSet === onlyFalse;
}

const anyBoolean: Domain = { ...anyDomain, only: [false, true] };

type Way = readonly { readonly expr: Expr; readonly wanted?: TruthSet }[];

/** The ways in which an `if` or an `else` gets its value. */
function listBranches(expr: Expr): readonly Way[] {
  if (expr.kind === 'If') {
    return [
      [{ expr: expr.condition, wanted: onlyTrue }, { expr: expr.then }],
      [{ expr: expr.condition, wanted: onlyFalse }, { expr: expr.else }],
      [{ expr: expr.condition, wanted: onlyUnknown }],
    ];
  }
  if (expr.kind !== 'Else') return [];
  return [
    [{ expr: expr.value }],
    [{ expr: expr.value, wanted: onlyUnknown }, { expr: expr.fallback }],
  ];
}
