// Which conditions can hold together: assumes one after the other of a request, and finds what
// contradicts. What is found to contradict does so in every request; what is not may still do.

import { asRead } from '../checker/names.ts';
import type {
  ApplyExpr,
  CompareExpr,
  Comparison,
  Expr,
  JunctionExpr,
  KnownExpr,
  PresenceExpr,
} from '../model/model.ts';
import { everyExpr, operandsOf } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import { flipped } from '../types/comparisons.ts';
import type { Value } from '../types/types.ts';
import {
  type Assumptions,
  type Claim,
  type Conflict,
  isConflict,
  withOperand,
} from './assumptions.ts';
import {
  type Allowed,
  anything,
  compared,
  type Domain,
  limited,
  meet,
  oneValueOf,
} from './domain.ts';
import { countsList, listedIn, mayLoseTime } from './operands.ts';
import { Possibilities } from './reachable-values.ts';
import {
  deciding,
  isFalse,
  isOpen,
  isTrue,
  isUnknown,
  negated,
  nothing,
  ofOperands,
  type TruthSet,
  whatever,
} from './truth-set.ts';

export class Reasoning extends Possibilities {
  /** With each condition worth what it is to be, or why that can't be. */
  assume(before: Assumptions, ...claims: readonly Claim[]): Assumptions | Conflict {
    const made = [...before.made, ...claims];
    let found: Assumptions | Conflict = { ...before, made };
    for (const { expr, wanted } of claims) {
      found = this.#narrow(found, expr, wanted);
      if (isConflict(found)) return found;
    }
    // What is assumed later may contradict what was assumed earlier.
    for (const { expr, wanted } of made) {
      found = this.#narrow(found, expr, wanted);
      if (isConflict(found)) return found;
    }
    return found;
  }

  // --- assuming -----------------------------------------------------------------------------------

  #narrow(given: Assumptions, expr: Expr, wanted: TruthSet): Assumptions | Conflict {
    if (!this.step() || wanted === whatever) return given;
    if (expr.kind === 'Binding') return this.#narrow(given, expr.binding.value, wanted);
    if (expr.kind === 'Not') return this.#narrow(given, expr.operand, negated(wanted));
    // Each operand is looked at for itself, which also finds the one that stands in the way.
    if (isJunction(expr) && isOpen(expr.kind, wanted))
      return this.#note(this.#junction(given, expr, wanted), expr, wanted);
    const worth = this.worthOf(expr, given);
    const left = worth & wanted;
    if (left === nothing) return this.#conflict(given, expr, worth);
    switch (expr.kind) {
      case 'And':
      case 'Or':
        return this.#note(this.#junction(given, expr, left), expr, left);
      case 'Known':
        return this.#assumeKnown(given, expr, left);
      case 'Presence':
        return this.#assumePresence(given, expr, left);
      case 'Compare':
        return this.#note(this.#assumeCompared(given, expr, left), expr, left);
      case 'Apply':
        return this.#note(this.#assumeListed(given, expr, left), expr, left);
      case 'If':
      case 'Else':
        return this.#note(this.#oneOf(given, branchesOf(expr), left), expr, left);
      default:
        return this.#note(given, expr, left);
    }
  }

  #conflict(given: Assumptions, expr: Expr, worth: TruthSet): Conflict {
    const since = [...everyExpr([expr])].flatMap(
      (part) => given.operands.get(this.identities.of(part))?.since ?? [],
    );
    const others = since.filter((other) => this.identities.of(other) !== this.identities.of(expr));
    return {
      kind: worth === isUnknown ? 'unknown' : 'values',
      between: [...new Set([...others.slice(-1), expr])],
    };
  }

  /** What a condition is worth holds for each that is built alike. */
  #note(found: Assumptions | Conflict, expr: Expr, worth: TruthSet): Assumptions | Conflict {
    if (isConflict(found)) return found;
    const identity = this.identities.of(expr);
    const before = found.operands.get(identity) ?? anyTruth;
    const values = [...(worth & isTrue ? [true] : []), ...(worth & isFalse ? [false] : [])];
    const after = meet(limited(before, { unknown: (worth & isUnknown) !== 0 }), { only: values });
    if (!after.known && !after.unknown) return { kind: 'values', between: [expr] };
    if (after === before) return found;
    return withOperand(found, identity, { ...after, since: [...before.since, expr] });
  }

  #junction(given: Assumptions, expr: JunctionExpr, wanted: TruthSet): Assumptions | Conflict {
    const decides = deciding(expr.kind);
    if ((wanted & decides) === nothing) {
      const each = ofOperands(expr.kind, wanted);
      let found: Assumptions | Conflict = given;
      for (const operand of expr.operands) {
        found = this.#narrow(found, operand, each);
        if (isConflict(found)) return found;
      }
      return found;
    }
    if (wanted & negated(decides)) return given;
    return this.#oneOf(
      given,
      expr.operands.map((operand) => [{ expr: operand, wanted: decides | (wanted & isUnknown) }]),
      whatever,
    );
  }

  /** At least one of several ways: what follows where only one is left, and a conflict where none is. */
  #oneOf(given: Assumptions, ways: readonly Way[], wanted: TruthSet): Assumptions | Conflict {
    const left: Assumptions[] = [];
    let last: Conflict | undefined;
    for (const way of ways) {
      let found: Assumptions | Conflict = given;
      for (const step of way) {
        if (!isConflict(found)) found = this.#narrow(found, step.expr, step.wanted ?? wanted);
      }
      if (isConflict(found)) last = found;
      else left.push(found);
      if (left.length > 1) return given;
    }
    return left[0] ?? last ?? given;
  }

  #assumeKnown(given: Assumptions, expr: KnownExpr, worth: TruthSet): Assumptions | Conflict {
    const read = asRead(expr.operand);
    if (read !== undefined && read.type.kind === 'Record') {
      const path = pathOf(read);
      if (typeof read.from !== 'string' || (worth !== isTrue && worth !== isFalse)) return given;
      const fresh = read.members.some((member) => member.fresh !== undefined);
      if (read.latest || !fresh)
        return { ...given, present: new Map(given.present).set(path, worth === isTrue) };
      const usable = new Map(given.usable).set(path, worth === isTrue);
      const present = worth === isTrue ? new Map(given.present).set(path, true) : given.present;
      return { ...given, usable, present };
    }
    if (worth === isTrue) return this.#restrict(given, expr.operand, expr, { unknown: false });
    if (worth === isFalse) return this.#restrict(given, expr.operand, expr, { known: false });
    return given;
  }

  #assumePresence(given: Assumptions, expr: PresenceExpr, worth: TruthSet): Assumptions {
    const { operand, present } = expr;
    if (typeof operand.from !== 'string' || (worth !== isTrue && worth !== isFalse)) return given;
    const there = (worth === isTrue) === present;
    const found = new Map(given.present);
    // What is there is within records that are.
    const first = there ? 1 : operand.members.length;
    for (let depth = first; depth <= operand.members.length; depth += 1)
      found.set(pathOf({ ...operand, members: operand.members.slice(0, depth) }), there);
    return { ...given, present: found };
  }

  #assumeCompared(given: Assumptions, expr: CompareExpr, worth: TruthSet): Assumptions | Conflict {
    const { operator, left, right } = expr;
    if (this.identities.of(left) === this.identities.of(right)) {
      return worth & isUnknown ? given : this.#restrict(given, left, expr, { unknown: false });
    }
    const sides: readonly (readonly [Expr, Expr, Comparison])[] = [
      [left, right, operator],
      [right, left, flipped[operator]],
    ];
    let found: Assumptions | Conflict = given;
    for (const [side, other, turned] of sides) {
      if (isConflict(found)) return found;
      const value = this.#definite(other, found);
      const open = value === undefined || mayLoseTime(side, other);
      const decided = worth & (isTrue | isFalse);
      const allowed: Allowed =
        value === undefined || decided === (isTrue | isFalse) || decided === nothing
          ? {}
          : compared(this.domainOf(side, found), turned, value, decided === isTrue);
      const limits = {
        ...(worth & isUnknown ? {} : { unknown: false }),
        ...(worth === isUnknown && !open ? { known: false } : {}),
      };
      found = this.#restrict(found, side, expr, limits, allowed);
    }
    return found;
  }

  /** The value of what is always known, and is always that. */
  #definite(expr: Expr, given: Assumptions): Value | undefined {
    const domain = this.domainOf(expr, given);
    return domain.unknown ? undefined : oneValueOf(domain);
  }

  #assumeListed(given: Assumptions, expr: ApplyExpr, worth: TruthSet): Assumptions | Conflict {
    const listed = listedIn(expr);
    const [value] = expr.args;
    let found: Assumptions | Conflict = given;
    if ((worth & isUnknown) === nothing) {
      for (const arg of expr.args) {
        if (!isConflict(found)) found = this.#restrict(found, arg, expr, { unknown: false });
      }
    }
    const decided = worth & (isTrue | isFalse);
    if (isConflict(found) || value === undefined) return found;
    if (listed === undefined) return this.#assumeEmpty(found, expr, worth);
    if (decided === nothing || decided === (isTrue | isFalse)) return found;
    const inside = (decided === isTrue) === (expr.builtin.name === 'in');
    return this.#restrict(found, value, expr, {}, inside ? { only: listed } : { not: listed });
  }

  /** What is within nothing is empty. */
  #assumeEmpty(given: Assumptions, { builtin, args }: ApplyExpr, worth: TruthSet): Assumptions {
    const [left, right] = args;
    const holds = { within: isTrue, 'not within': isFalse }[builtin.name];
    if (holds !== worth || left === undefined || right === undefined) return given;
    if (!this.isEmpty(right, given)) return given;
    return { ...given, empty: new Set(given.empty).add(this.identities.of(left)) };
  }

  #restrict(
    given: Assumptions,
    operand: Expr,
    since: Expr,
    limits: Partial<Pick<Domain, 'known' | 'unknown'>>,
    allowed: Allowed = {},
  ): Assumptions | Conflict {
    const before = this.domainOf(operand, given);
    const after = meet(limited(before, limits), allowed);
    if (!after.known && !after.unknown) {
      const kind = before.known ? 'values' : 'unknown';
      const others = before.since.filter((other) => other !== since);
      return { kind, between: [...others.slice(-1), since] };
    }
    if (after === before) return given;
    const noted = { ...after, since: [...before.since, since] };
    const found = withOperand(given, this.identities.of(operand), noted);
    return limits.unknown === false ? this.#allKnown(found, operand, since) : found;
  }

  /** What is known has operands that are. */
  #allKnown(given: Assumptions, expr: Expr, since: Expr): Assumptions | Conflict {
    const kinds: readonly Expr['kind'][] = ['Binding', 'Lookup', 'Apply', 'Set', 'Age', 'Calendar'];
    const strict = kinds.includes(expr.kind) && !countsList(expr);
    let found: Assumptions | Conflict = given;
    for (const operand of strict ? operandsOf(expr) : []) {
      if (!this.step() || isConflict(found)) return found;
      found = this.#restrict(found, operand, since, { unknown: false });
    }
    return found;
  }
}

function isJunction(expr: Expr): expr is JunctionExpr {
  return expr.kind === 'And' || expr.kind === 'Or';
}

const anyTruth: Domain = { ...anything, only: [false, true] };

type Way = readonly { readonly expr: Expr; readonly wanted?: TruthSet }[];

/** The ways in which an `if` or an `else` comes to what it is worth. */
function branchesOf(expr: Expr): readonly Way[] {
  if (expr.kind === 'If') {
    return [
      [{ expr: expr.condition, wanted: isTrue }, { expr: expr.then }],
      [{ expr: expr.condition, wanted: isFalse }, { expr: expr.else }],
      [{ expr: expr.condition, wanted: isUnknown }],
    ];
  }
  if (expr.kind !== 'Else') return [];
  return [
    [{ expr: expr.value }],
    [{ expr: expr.value, wanted: isUnknown }, { expr: expr.fallback }],
  ];
}
