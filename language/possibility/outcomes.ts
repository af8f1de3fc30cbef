// The possible values of expressions, if members of the request that are absent may have any value: they are open. For
// each expression there are conditions on the request as it is given: whether the value differs between its
// completions, and whether a condition can be true, false or unknown in one of them. They are true whenever there is
// such a completion, and sometimes if there is none.

import { hasFixedPath, isEntry, keysOf } from '../model/entries.ts';
import type { Binding, Expr, Policy, ReadExpr } from '../model/model.ts';
import { everyExpr, operandsOf, partsPerElement } from '../model/operands.ts';
import { bool, type Member } from '../types/types.ts';
import { all, constant, isKnown, not, orElse, shared, some } from './logic.ts';

/** The conditions under which a condition can be true, false and unknown. */
export interface Outcomes {
  readonly true: Expr;
  readonly false: Expr;
  readonly unknown: Expr;
}

type Bool<Kind extends Expr['kind']> = Extract<Expr, { kind: Kind }>;

export class PossibleOutcomes {
  readonly #time: Member | undefined;
  readonly #outcomes = new Map<Expr | Binding, Outcomes>();
  readonly #open = new Map<Expr | Binding, Expr>();
  readonly #once = new Map<Expr | Binding, Expr>();

  constructor({ context }: Pick<Policy, 'context'>) {
    this.#time = context?.members.get('time');
  }

  /** The outcomes of a condition. */
  of(expr: Expr): Outcomes {
    const key = keyOf(expr);
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known;
    const found = this.#make(expr);
    const outcomes = {
      true: shared(found.true),
      false: shared(found.false),
      unknown: shared(found.unknown),
    };
    this.#outcomes.set(key, outcomes);
    return outcomes;
  }

  /** Whether the value, or whether there is one, differs between completions. */
  isOpen(expr: Expr): Expr {
    const key = keyOf(expr);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const open = shared(this.#makeOpen(expr));
    this.#open.set(key, open);
    return open;
  }

  #make(expr: Expr): Outcomes {
    const { span } = expr;
    switch (expr.kind) {
      case 'Constant':
        return {
          true: constant(expr.value === true, span),
          false: constant(expr.value !== true, span),
          unknown: constant(false, span),
        };
      case 'Binding':
        return this.of(expr.binding.value);
      case 'And':
        return conjunction(
          expr.operands.map((operand) => this.of(operand)),
          expr,
        );
      case 'Or':
        return negated(
          conjunction(
            expr.operands.map((operand) => negated(this.of(operand))),
            expr,
          ),
        );
      case 'Not':
        return negated(this.of(expr.operand));
      case 'Known':
        return this.#known(expr.operand);
      case 'Presence': {
        const open = this.#isMemberOpen(expr.operand);
        const given = this.#onceOf(expr);
        return {
          true: some([open, orElse(given, false)], span),
          false: some([open, not(orElse(given, true))], span),
          // Only the key of a map's entry can be unknown.
          unknown:
            keysOf(expr.operand).length === 0
              ? constant(false, span)
              : some([open, not(isKnown(given))], span),
        };
      }
      case 'Quantifier':
        return expr.quantifier === 'any'
          ? this.#any(expr, this.of(expr.body))
          : negated(this.#any(expr, negated(this.of(expr.body))));
      case 'If':
        return this.#if(expr);
      case 'Else': {
        const [value, fallback] = [this.of(expr.value), this.of(expr.fallback)];
        const when = (outcome: keyof Outcomes) => all([value.unknown, fallback[outcome]], span);
        return {
          true: some([value.true, when('true')], span),
          false: some([value.false, when('false')], span),
          unknown: when('unknown'),
        };
      }
      default:
        return this.#leaf(expr);
    }
  }

  /** A condition that is unknown if an operand is. */
  #leaf(expr: Expr): Outcomes {
    const { span } = expr;
    const value = this.#onceOf(expr);
    const operands = valuesIn(expr);
    const open = operands === undefined ? this.isOpen(expr) : this.#isOneOpen(operands, expr);
    const isAnyOpen =
      operands === undefined
        ? open
        : some(
            operands.map((operand) => this.isOpen(operand)),
            span,
          );
    return {
      true: some([open, orElse(value, false)], span),
      false: some([open, not(orElse(value, true))], span),
      unknown: some([isAnyOpen, not(isKnown(value))], span),
    };
  }

  /** Whether one of the operands is open, and all others can be known. */
  #isOneOpen(operands: readonly Expr[], { span }: Expr): Expr {
    return some(
      operands.map((operand) =>
        all(
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
        return constant(true, span);
      case 'Binding':
        return this.#canBeKnown(expr.binding.value);
      case 'Read':
      case 'Selector':
      case 'Now':
      case 'Variable':
        return some([this.isOpen(expr), isKnown(this.#onceOf(expr))], span);
      case 'Apply':
        // A part of a collection can be unknown where only its size counts.
        return expr.args.some(({ type }) => type.kind === 'List' || type.kind === 'Map')
          ? constant(true, span)
          : all(
              expr.args.map((arg) => this.#canBeKnown(arg)),
              span,
            );
      case 'Age':
        return this.#canBeKnown(expr.of);
      default:
        return constant(true, span);
    }
  }

  #known(operand: Expr): Outcomes {
    const { span } = operand;
    const never = constant(false, span);
    if (operand.type.kind === 'Bool' && operand.kind !== 'Read') {
      const outcomes = this.of(operand);
      return {
        true: some([outcomes.true, outcomes.false], span),
        false: outcomes.unknown,
        unknown: never,
      };
    }
    const open = this.isOpen(operand);
    // A record has no value of its own, so that it cannot be shared.
    const value = operand.kind === 'Read' ? operand : this.#onceOf(operand);
    const known = orElse(isKnown(value), false);
    return {
      true: some([open, known], span),
      false: some([open, not(known)], span),
      unknown: never,
    };
  }

  #any(expr: Bool<'Quantifier'>, body: Outcomes): Outcomes {
    const { span } = expr;
    const open = this.isOpen(expr.collection);
    const collection = this.#onceOf(expr.collection);
    const over = (quantifier: 'any' | 'all', condition: Expr): Expr =>
      orElse(shared({ ...expr, quantifier, collection, body: condition }), false);
    const mayFail = some([body.false, body.unknown], span);
    return {
      true: some([open, over('any', body.true)], span),
      false: some([open, over('all', body.false)], span),
      unknown: some(
        [
          open,
          // An unknown collection makes both unknown, whatever the condition is.
          not(isKnown(shared({ ...expr, quantifier: 'any', collection, body: body.true }))),
          all([over('all', mayFail), over('any', body.unknown)], span),
        ],
        span,
      ),
    };
  }

  #if(expr: Bool<'If'>): Outcomes {
    const { span } = expr;
    const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((part) =>
      this.of(part),
    ) as [Outcomes, Outcomes, Outcomes];
    const chosen = (outcome: keyof Outcomes) => [
      all([condition.true, then[outcome]], span),
      all([condition.false, otherwise[outcome]], span),
    ];
    const both = (a: keyof Outcomes, b: keyof Outcomes) =>
      all([condition.unknown, then[a], otherwise[b]], span);
    const differs = [both('true', 'false'), both('false', 'true')];
    const unknown = some([then.unknown, otherwise.unknown], span);
    return {
      true: some([...chosen('true'), both('true', 'true')], span),
      false: some([...chosen('false'), both('false', 'false')], span),
      unknown: some(
        [...chosen('unknown'), ...differs, all([condition.unknown, unknown], span)],
        span,
      ),
    };
  }

  #makeOpen(expr: Expr): Expr {
    const { span } = expr;
    const among = (exprs: readonly Expr[]) =>
      some(
        exprs.map((each) => this.isOpen(each)),
        span,
      );
    switch (expr.kind) {
      case 'Constant':
      case 'Variable':
        return constant(false, span);
      case 'Read':
        return this.#isReadOpen(expr);
      case 'Selector':
        return not(isKnown(this.#onceOf(expr)));
      case 'Now':
        return this.#isTimeOpen(expr);
      case 'Age':
        return some([this.isOpen(expr.of), this.#isTimeOpen(expr)], span);
      case 'Binding':
        return this.isOpen(expr.binding.value);
      // Without a session the term is unknown. Its events are not open, but its keys and its bound can be.
      case 'History':
        return some(
          [not(isKnown(this.#onceOf(expr))), ...operandsOf(expr).map((each) => this.isOpen(each))],
          span,
        );
      case 'If': {
        const { true: isTrue, false: isFalse, unknown } = this.of(expr.condition);
        return some(
          [
            this.isOpen(expr.condition),
            all([some([isTrue, unknown], span), this.isOpen(expr.then)], span),
            all([some([isFalse, unknown], span), this.isOpen(expr.else)], span),
          ],
          span,
        );
      }
      case 'Else':
        return some(
          [
            this.isOpen(expr.value),
            all([not(isKnown(this.#onceOf(expr.value))), this.isOpen(expr.fallback)], span),
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
        return some(
          [all([isTrue, isFalse], span), all([some([isTrue, isFalse], span), unknown], span)],
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
        const parts = everyExpr(partsPerElement(expr));
        const outside = [...parts].flatMap((part) => this.#openOutside(part));
        return some([this.isOpen(expr.collection), ...outside], span);
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
        const time = freshRecords(part).map((record) => this.#isTimeOpen(record));
        const entry = part.members.findIndex(isEntry);
        if (typeof part.from !== 'string') return time;
        return [this.#isMemberOpen({ ...part, members: part.members.slice(0, entry) }), ...time];
      }
      default:
        return [];
    }
  }

  #isReadOpen(read: ReadExpr): Expr {
    const { span } = read;
    const own = this.#isMemberOpen(read);
    if (read.latest) return own;
    const records = freshRecords(read);
    const fresh = records.map((record) => this.#isFreshnessOpen(record));
    // A member that is not given is unknown as well while a record around it is certainly stale.
    const usable = records.map((record, index) =>
      some(
        [this.#isMemberOpen(record), ...fresh.slice(0, index + 1), orElse(isKnown(record), false)],
        span,
      ),
    );
    return all([some([own, ...fresh], span), ...usable], span);
  }

  #isFreshnessOpen(record: ReadExpr): Expr {
    const observed = this.#isMemberOpen(observationIn(record));
    return some([observed, this.#isTimeOpen(record)], record.span);
  }

  /**
   * Whether the member, a record around it, or the key of an entry is left open; an open member is neither present nor
   * absent. The elements of a collection are given with it.
   */
  #isMemberOpen(read: ReadExpr): Expr {
    const { span } = read;
    const keys = keysOf(read).map((key) => this.isOpen(key));
    if (typeof read.from !== 'string') return some(keys, span);
    const entry = read.members.findIndex(isEntry);
    const operand = entry < 0 ? read : { ...read, members: read.members.slice(0, entry) };
    const presence: Expr = { kind: 'Presence', operand, present: true, type: bool, span };
    return some([not(isKnown(presence)), ...keys], span);
  }

  /** Whether the instant of evaluation is left open. */
  #isTimeOpen({ span }: Expr): Expr {
    if (this.#time === undefined) return constant(false, span);
    const { type } = this.#time;
    const members = [this.#time];
    return this.#isMemberOpen({ kind: 'Read', from: 'context', members, latest: true, type, span });
  }

  /** The expression itself, evaluated once for all of its outcomes. */
  #onceOf(expr: Expr): Expr {
    if (expr.kind === 'Binding') return expr;
    const known = this.#once.get(expr);
    if (known !== undefined) return known;
    const once = shared(expr);
    this.#once.set(expr, once);
    return once;
  }
}

function keyOf(expr: Expr): Expr | Binding {
  return expr.kind === 'Binding' ? expr.binding : expr;
}

function negated(outcomes: Outcomes): Outcomes {
  return { true: outcomes.false, false: outcomes.true, unknown: outcomes.unknown };
}

/** Kleene's `and` over operands that are independent of each other. */
function conjunction(operands: readonly Outcomes[], { span }: Expr): Outcomes {
  const notFalse = operands.map((operand) => some([operand.true, operand.unknown], span));
  const unknowns = operands.map(({ unknown }) => unknown);
  return {
    true: all(
      operands.map((operand) => operand.true),
      span,
    ),
    false: some(
      operands.map((operand) => operand.false),
      span,
    ),
    unknown: all([...notFalse, some(unknowns, span)], span),
  };
}

/** The operands of a condition that is unknown if one of them is; undefined: it has none, or depends on more. */
function valuesIn(expr: Expr): readonly Expr[] | undefined {
  switch (expr.kind) {
    case 'Compare':
      return [expr.left, expr.right];
    case 'Apply':
      return expr.args;
    case 'Lookup':
      return expr.keys;
    default:
      return undefined;
  }
}

/** The records on the path that limit how long the value is usable. */
function freshRecords(read: ReadExpr): readonly ReadExpr[] {
  return read.members.flatMap((member, index) => {
    const { type } = member;
    return member.fresh === undefined || type.kind !== 'Record'
      ? []
      : [{ ...read, members: read.members.slice(0, index + 1), type }];
  });
}

function observationIn(record: ReadExpr): ReadExpr {
  const { type, members } = record;
  const observed = type.kind === 'Record' ? type.members.get('observed_at') : undefined;
  if (observed === undefined) throw new Error('broken invariant: fresh without observed_at');
  return { ...record, members: [...members, observed], latest: true, type: observed.type };
}
