// The possible values of expressions, if members of the request that are absent may have any value: they are open. For
// each expression there are conditions on the request as it is given: whether the value differs between its
// completions, and whether a condition can be true, false or unknown in one of them. They are true whenever there is
// such a completion, and sometimes if there is none.

import { hasFixedPath, isEntry, listEntryKeys } from '../model/entries.ts';
import type { Binding, Expr, PolicyModel, ReadExpr } from '../model/model.ts';
import { collectExprs, listOperands, listPartsPerElement } from '../model/operands.ts';
import { bool, type Member } from '../types/types.ts';
import {
  createElse,
  joinAll,
  joinSome,
  makeTruth,
  negateTruth,
  shareExpr,
  testKnown,
} from './logic.ts';

/** The conditions under which a condition can be true, false and unknown. */
export interface TruthConditions {
  readonly true: Expr;
  readonly false: Expr;
  readonly unknown: Expr;
}

type Bool<Kind extends Expr['kind']> = Extract<Expr, { kind: Kind }>;

export class TruthConditionBuilder {
  readonly #time: Member | undefined;
  readonly #outcomes = new Map<Expr | Binding, TruthConditions>();
  readonly #open = new Map<Expr | Binding, Expr>();
  readonly #once = new Map<Expr | Binding, Expr>();

  constructor({ context }: Pick<PolicyModel, 'context'>) {
    this.#time = context?.members.get('time');
  }

  /** The outcomes of a condition. */
  of(expr: Expr): TruthConditions {
    const key = identifyExpr(expr);
    const cachedOutcomes = this.#outcomes.get(key);
    if (cachedOutcomes !== undefined) return cachedOutcomes;
    const truthConditions = this.#make(expr);
    const outcomes = {
      true: shareExpr(truthConditions.true),
      false: shareExpr(truthConditions.false),
      unknown: shareExpr(truthConditions.unknown),
    };
    this.#outcomes.set(key, outcomes);
    return outcomes;
  }

  /** Whether the value, or whether there is one, differs between completions. */
  isOpen(expr: Expr): Expr {
    const key = identifyExpr(expr);
    const cachedExpr = this.#open.get(key);
    if (cachedExpr !== undefined) return cachedExpr;
    const open = shareExpr(this.#makeOpen(expr));
    this.#open.set(key, open);
    return open;
  }

  #make(expr: Expr): TruthConditions {
    const { span } = expr;
    switch (expr.kind) {
      case 'Constant':
        return {
          true: makeTruth(expr.value === true, span),
          false: makeTruth(expr.value !== true, span),
          unknown: makeTruth(false, span),
        };
      case 'Binding':
        return this.of(expr.binding.value);
      case 'And':
        return createConjunction(
          expr.operands.map((operand) => this.of(operand)),
          expr,
        );
      case 'Or':
        return swapTruths(
          createConjunction(
            expr.operands.map((operand) => swapTruths(this.of(operand))),
            expr,
          ),
        );
      case 'Not':
        return swapTruths(this.of(expr.operand));
      case 'Known':
        return this.#makeKnown(expr.operand);
      case 'Presence': {
        const open = this.#isMemberOpen(expr.operand);
        const given = this.#evaluateOnce(expr);
        return {
          true: joinSome([open, createElse(given, false)], span),
          false: joinSome([open, negateTruth(createElse(given, true))], span),
          // Only the key of a map's entry can be unknown.
          unknown:
            listEntryKeys(expr.operand).length === 0
              ? makeTruth(false, span)
              : joinSome([open, negateTruth(testKnown(given))], span),
        };
      }
      case 'Quantifier':
        return expr.quantifier === 'any'
          ? this.#any(expr, this.of(expr.body))
          : swapTruths(this.#any(expr, swapTruths(this.of(expr.body))));
      case 'If':
        return this.#if(expr);
      case 'Else': {
        const [value, fallback] = [this.of(expr.value), this.of(expr.fallback)];
        const when = (outcome: keyof TruthConditions) =>
          joinAll([value.unknown, fallback[outcome]], span);
        return {
          true: joinSome([value.true, when('true')], span),
          false: joinSome([value.false, when('false')], span),
          unknown: when('unknown'),
        };
      }
      default:
        expr.kind satisfies
          | ('Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Apply' | 'Compare')
          | ('Age' | 'InWindow' | 'Calendar' | 'Aggregate' | 'Set' | 'History');
        return this.#leaf(expr);
    }
  }

  /** A condition that is unknown if an operand is. */
  #leaf(expr: Expr): TruthConditions {
    const { span } = expr;
    const value = this.#evaluateOnce(expr);
    const operands = listDecidingOperands(expr);
    const open = operands === undefined ? this.isOpen(expr) : this.#isOneOpen(operands, expr);
    const isAnyOpen =
      operands === undefined
        ? open
        : joinSome(
            operands.map((operand) => this.isOpen(operand)),
            span,
          );
    return {
      true: joinSome([open, createElse(value, false)], span),
      false: joinSome([open, negateTruth(createElse(value, true))], span),
      unknown: joinSome([isAnyOpen, negateTruth(testKnown(value))], span),
    };
  }

  /** Whether one of the operands is open, and all others can be known. */
  #isOneOpen(operands: readonly Expr[], { span }: Expr): Expr {
    return joinSome(
      operands.map((operand) =>
        joinAll(
          [
            this.isOpen(operand),
            ...operands
              .filter((other) => other !== operand)
              .map((other) => this.#canBeKnown(other)),
          ],
          span,
        ),
      ),
      span,
    );
  }

  /** Whether it has a usable value in some completion. */
  #canBeKnown(expr: Expr): Expr {
    const { span } = expr;
    switch (expr.kind) {
      case 'Constant':
        return makeTruth(true, span);
      case 'Binding':
        return this.#canBeKnown(expr.binding.value);
      case 'Read':
      case 'Selector':
      case 'Now':
      case 'Variable':
        return joinSome([this.isOpen(expr), testKnown(this.#evaluateOnce(expr))], span);
      case 'Apply':
        // A part of a collection can be unknown where only its size counts.
        return expr.args.some(({ type }) => type.kind === 'List' || type.kind === 'Map')
          ? makeTruth(true, span)
          : joinAll(
              expr.args.map((arg) => this.#canBeKnown(arg)),
              span,
            );
      case 'Age':
        return this.#canBeKnown(expr.of);
      default:
        expr.kind satisfies
          | ('Lookup' | 'Compare' | 'InWindow' | 'Calendar' | 'And' | 'Or' | 'Not')
          | ('Known' | 'Presence' | 'Quantifier' | 'Aggregate' | 'If' | 'Else' | 'Set')
          | 'History';
        return makeTruth(true, span);
    }
  }

  #makeKnown(operand: Expr): TruthConditions {
    const { span } = operand;
    const never = makeTruth(false, span);
    if (operand.type.kind === 'Bool' && operand.kind !== 'Read') {
      const outcomes = this.of(operand);
      return {
        true: joinSome([outcomes.true, outcomes.false], span),
        false: outcomes.unknown,
        unknown: never,
      };
    }
    const open = this.isOpen(operand);
    // A record has no value of its own, so that it cannot be shared.
    const value = operand.kind === 'Read' ? operand : this.#evaluateOnce(operand);
    const isValueKnown = createElse(testKnown(value), false);
    return {
      true: joinSome([open, isValueKnown], span),
      false: joinSome([open, negateTruth(isValueKnown)], span),
      unknown: never,
    };
  }

  #any(expr: Bool<'Quantifier'>, body: TruthConditions): TruthConditions {
    const { span } = expr;
    const open = this.isOpen(expr.collection);
    const collection = this.#evaluateOnce(expr.collection);
    const over = (quantifier: 'any' | 'all', condition: Expr): Expr =>
      createElse(shareExpr({ ...expr, quantifier, collection, body: condition }), false);
    const mayFail = joinSome([body.false, body.unknown], span);
    return {
      true: joinSome([open, over('any', body.true)], span),
      false: joinSome([open, over('all', body.false)], span),
      unknown: joinSome(
        [
          open,
          // An unknown collection makes both unknown, whatever the condition is.
          negateTruth(
            testKnown(shareExpr({ ...expr, quantifier: 'any', collection, body: body.true })),
          ),
          joinAll([over('all', mayFail), over('any', body.unknown)], span),
        ],
        span,
      ),
    };
  }

  #if(expr: Bool<'If'>): TruthConditions {
    const { span } = expr;
    const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((part) =>
      this.of(part),
    ) as [TruthConditions, TruthConditions, TruthConditions];
    const joinBranches = (outcome: keyof TruthConditions) => [
      joinAll([condition.true, then[outcome]], span),
      joinAll([condition.false, otherwise[outcome]], span),
    ];
    const both = (a: keyof TruthConditions, b: keyof TruthConditions) =>
      joinAll([condition.unknown, then[a], otherwise[b]], span);
    const differs = [both('true', 'false'), both('false', 'true')];
    const unknown = joinSome([then.unknown, otherwise.unknown], span);
    return {
      true: joinSome([...joinBranches('true'), both('true', 'true')], span),
      false: joinSome([...joinBranches('false'), both('false', 'false')], span),
      unknown: joinSome(
        [...joinBranches('unknown'), ...differs, joinAll([condition.unknown, unknown], span)],
        span,
      ),
    };
  }

  #makeOpen(expr: Expr): Expr {
    const { span } = expr;
    const among = (exprs: readonly Expr[]) =>
      joinSome(
        exprs.map((each) => this.isOpen(each)),
        span,
      );
    switch (expr.kind) {
      case 'Constant':
      case 'Variable':
        return makeTruth(false, span);
      case 'Read':
        return this.#isReadOpen(expr);
      case 'Selector':
        return negateTruth(testKnown(this.#evaluateOnce(expr)));
      case 'Now':
        return this.#isTimeOpen(expr);
      case 'Age':
        return joinSome([this.isOpen(expr.of), this.#isTimeOpen(expr)], span);
      case 'Binding':
        return this.isOpen(expr.binding.value);
      // Without a session the term is unknown. Its events are not open, but its keys and its bound can be.
      case 'History':
        return joinSome(
          [
            negateTruth(testKnown(this.#evaluateOnce(expr))),
            ...listOperands(expr).map((operand) => this.isOpen(operand)),
          ],
          span,
        );
      case 'If': {
        const { true: isTrue, false: isFalse, unknown } = this.of(expr.condition);
        return joinSome(
          [
            this.isOpen(expr.condition),
            joinAll([joinSome([isTrue, unknown], span), this.isOpen(expr.then)], span),
            joinAll([joinSome([isFalse, unknown], span), this.isOpen(expr.else)], span),
          ],
          span,
        );
      }
      case 'Else':
        return joinSome(
          [
            this.isOpen(expr.value),
            joinAll(
              [negateTruth(testKnown(this.#evaluateOnce(expr.value))), this.isOpen(expr.fallback)],
              span,
            ),
          ],
          span,
        );
      case 'And':
      case 'Or':
      case 'Not':
      case 'Known':
      case 'Presence':
      case 'Quantifier': {
        const { true: isTrue, false: isFalse, unknown } = this.of(expr);
        return joinSome(
          [
            joinAll([isTrue, isFalse], span),
            joinAll([joinSome([isTrue, isFalse], span), unknown], span),
          ],
          span,
        );
      }
      case 'Lookup':
        return among(expr.keys);
      case 'Apply':
        return among(expr.args);
      case 'Compare':
        return among([expr.left, expr.right]);
      case 'InWindow':
      case 'Calendar':
        return among([expr.of]);
      case 'Set':
        return among(expr.elements);
      case 'Aggregate': {
        const parts = collectExprs(listPartsPerElement(expr));
        const outside = [...parts].flatMap((part) => this.#openOutside(part));
        return joinSome([this.isOpen(expr.collection), ...outside], span);
      }
    }
  }

  /** Whether something that an expression about an element reads, other than the element, is left open. */
  #openOutside(part: Expr): readonly Expr[] {
    switch (part.kind) {
      case 'Now':
      case 'Age':
        return [this.#isTimeOpen(part)];
      case 'Selector':
      case 'History':
        return [this.isOpen(part)];
      case 'Read': {
        if (hasFixedPath(part)) return [this.isOpen(part)];
        const time = listFreshRecords(part).map((record) => this.#isTimeOpen(record));
        const entry = part.members.findIndex(isEntry);
        if (typeof part.from !== 'string') return time;
        return [this.#isMemberOpen({ ...part, members: part.members.slice(0, entry) }), ...time];
      }
      default:
        part.kind satisfies
          | ('Constant' | 'Variable' | 'Binding' | 'Lookup' | 'Apply' | 'Compare')
          | ('InWindow' | 'Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence')
          | ('Quantifier' | 'Aggregate' | 'If' | 'Else' | 'Set');
        return [];
    }
  }

  #isReadOpen(read: ReadExpr): Expr {
    const { span } = read;
    const isMemberOpen = this.#isMemberOpen(read);
    if (read.latest) return isMemberOpen;
    const records = listFreshRecords(read);
    const fresh = records.map((record) => this.#isFreshnessOpen(record));
    // A member that is not given is unknown as well while a record around it is certainly stale.
    const usable = records.map((record, index) =>
      joinSome(
        [
          this.#isMemberOpen(record),
          ...fresh.slice(0, index + 1),
          createElse(testKnown(record), false),
        ],
        span,
      ),
    );
    return joinAll([joinSome([isMemberOpen, ...fresh], span), ...usable], span);
  }

  #isFreshnessOpen(record: ReadExpr): Expr {
    const observed = this.#isMemberOpen(readObservation(record));
    return joinSome([observed, this.#isTimeOpen(record)], record.span);
  }

  /**
   * Whether the member, a record around it, or the key of an entry is left open; an open member is neither present nor
   * absent. The elements of a collection are given with it.
   */
  #isMemberOpen(read: ReadExpr): Expr {
    const { span } = read;
    const keys = listEntryKeys(read).map((key) => this.isOpen(key));
    if (typeof read.from !== 'string') return joinSome(keys, span);
    const entry = read.members.findIndex(isEntry);
    const operand = entry < 0 ? read : { ...read, members: read.members.slice(0, entry) };
    const presence: Expr = { kind: 'Presence', operand, present: true, type: bool, span };
    return joinSome([negateTruth(testKnown(presence)), ...keys], span);
  }

  /** Whether the instant of evaluation is left open. */
  #isTimeOpen({ span }: Expr): Expr {
    if (this.#time === undefined) return makeTruth(false, span);
    const { type } = this.#time;
    const members = [this.#time];
    return this.#isMemberOpen({ kind: 'Read', from: 'context', members, latest: true, type, span });
  }

  /** The expression itself, evaluated once for all of its outcomes. */
  #evaluateOnce(expr: Expr): Expr {
    if (expr.kind === 'Binding') return expr;
    const sharedExpr = this.#once.get(expr);
    if (sharedExpr !== undefined) return sharedExpr;
    const once = shareExpr(expr);
    this.#once.set(expr, once);
    return once;
  }
}

function identifyExpr(expr: Expr): Expr | Binding {
  return expr.kind === 'Binding' ? expr.binding : expr;
}

function swapTruths(outcomes: TruthConditions): TruthConditions {
  return { true: outcomes.false, false: outcomes.true, unknown: outcomes.unknown };
}

/** Kleene's `and` over operands that are independent of each other. */
function createConjunction(operands: readonly TruthConditions[], { span }: Expr): TruthConditions {
  const notFalse = operands.map((operand) => joinSome([operand.true, operand.unknown], span));
  const unknowns = operands.map(({ unknown }) => unknown);
  return {
    true: joinAll(
      operands.map((operand) => operand.true),
      span,
    ),
    false: joinSome(
      operands.map((operand) => operand.false),
      span,
    ),
    unknown: joinAll([...notFalse, joinSome(unknowns, span)], span),
  };
}

/** The operands of a condition that is unknown if one of them is, or `undefined` if it has none, or depends on more. */
function listDecidingOperands(expr: Expr): readonly Expr[] | undefined {
  switch (expr.kind) {
    case 'Compare':
      return [expr.left, expr.right];
    case 'Apply':
      return expr.args;
    case 'Lookup':
      return expr.keys;
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Binding' | 'Age')
        | ('InWindow' | 'Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence')
        | ('Quantifier' | 'Aggregate' | 'If' | 'Else' | 'Set' | 'History');
      return undefined;
  }
}

/** The records on the path that limit how long the value is usable. */
function listFreshRecords(read: ReadExpr): readonly ReadExpr[] {
  return read.members.flatMap((member, index) => {
    const { type } = member;
    return member.fresh === undefined || type.kind !== 'Record'
      ? []
      : [{ ...read, members: read.members.slice(0, index + 1), type }];
  });
}

function readObservation(record: ReadExpr): ReadExpr {
  const { type, members } = record;
  const observed = type.kind === 'Record' ? type.members.get('observed_at') : undefined;
  if (observed === undefined) throw new Error('broken invariant: fresh without observed_at');
  return { ...record, members: [...members, observed], latest: true, type: observed.type };
}
