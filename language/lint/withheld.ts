// What expressions come to once something is withheld: each by a row for its kind, which says what is
// written then, and how that is related to what it was before. By the evaluator's rules a value that is
// lost makes what is computed from it unknown, which can only restrict; what is not like that in a
// condition (`else`, `known`, `is present`, a default, `latest`) is what a rule may fail open by.

import type {
  Expr,
  IfExpr,
  KnownExpr,
  PresenceExpr,
  QuantifierExpr,
  ReadExpr,
  Variable,
} from '../model/model.ts';
import { operandsOf } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import type { Span } from '../support/source.ts';
import { bool, type Type, type Value } from '../types/types.ts';
import { isConflict, noAssumptions } from './assumptions.ts';
import type { MissingData } from './missing-data.ts';
import { countsList } from './operands.ts';
import {
  among,
  chosenPairs,
  elsePairs,
  filtered,
  joinedPairs,
  lost,
  negatedPairs,
  type Pairs,
  quantifiedPairs,
  unchanged,
} from './pairs.ts';
import { withheldVariable } from './reachable-values.ts';
import type { Reasoning } from './reasoning.ts';
import { isAround } from './rules.ts';
import { isFalse, isTrue } from './truth-set.ts';

/** How a value is related to what it was: the same, the same or unknown, or anything. */
type Change = 'none' | 'lost' | 'any';

export interface Withheld {
  readonly after: Expr;
  readonly change: Change;
  /** Of a condition. */
  readonly pairs: Pairs;
  /** Of a collection: whether it has some elements less, or more. */
  readonly trend?: Trend | undefined;
}

type Trend = 'smaller' | 'larger';

/** What a smaller collection as an operand makes of a condition: it can only fall, or only rise. */
const ofSmaller: Readonly<Record<string, readonly (Turn | undefined)[]>> = {
  in: [undefined, 'falls'],
  'not in': [undefined, 'rises'],
  within: ['rises', 'falls'],
  'not within': ['falls', 'rises'],
  intersects: ['falls', 'falls'],
};

type Turn = 'rises' | 'falls';

/** The same of a collection that is made of others: whether its trend is theirs. */
const keepsTrend: Readonly<Record<string, readonly boolean[]>> = {
  union: [true, true],
  intersect: [true, true],
  minus: [true, false],
};

/** A condition before and after, of which not every pair of values comes about. */
export interface Link {
  readonly before: Expr;
  readonly after: Expr;
  readonly pairs: Pairs;
}

export class Withholding {
  readonly #lack: MissingData;
  readonly #reasoning: Reasoning;
  readonly #known = new Map<Expr, Withheld>();
  readonly links: Link[] = [];

  constructor(lack: MissingData, reasoning: Reasoning) {
    this.#lack = lack;
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
      case 'Selector':
      case 'Now':
        return same(expr);
      case 'Read':
        return this.#read(expr);
      case 'Variable':
        return this.#lack.how === 'unusable' && this.#lack.path === `${expr.variable.path}[]`
          ? gone(expr)
          : same(expr);
      case 'Binding': {
        const value = this.of(expr.binding.value);
        return value.change === 'none' ? same(expr) : value;
      }
      case 'Lookup':
        return this.#isTable(expr.table.name) ? gone(expr) : this.#strict(expr);
      case 'History':
        return this.#lack.path === expr.term.text ? gone(expr) : this.#strict(expr);
      case 'Apply':
        if (countsList(expr) && this.#isOfElements(expr.args[0] as Expr)) return same(expr);
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
        return changed(expr, operands, () => ({
          after: { ...expr, operands: operands.map(({ after }) => after) },
          pairs: joinedPairs(
            expr.kind,
            operands.map(({ pairs }) => pairs),
          ),
        }));
      }
      case 'Not': {
        const operand = this.of(expr.operand);
        return changed(expr, [operand], () => ({
          after: { ...expr, operand: operand.after },
          pairs: negatedPairs(operand.pairs),
        }));
      }
      case 'Known':
        return this.#knowing(expr);
      case 'Presence':
        return this.#presence(expr);
      case 'Quantifier':
        return this.#quantifier(expr);
      case 'If': {
        const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((part) =>
          this.of(part),
        ) as [Withheld, Withheld, Withheld];
        return changed(expr, [condition, then, otherwise], () => ({
          after: chosenFrom(expr, condition.after, then.after, otherwise.after),
          pairs: chosenPairs(condition.pairs, then.pairs, otherwise.pairs),
        }));
      }
      case 'Else': {
        const [value, fallback] = [this.of(expr.value), this.of(expr.fallback)];
        if (value.change === 'none')
          return changed(expr, [fallback], () => ({
            after: { ...expr, fallback: fallback.after },
            pairs: elsePairs(unchanged, fallback.pairs),
          }));
        const after = isGone(value.after)
          ? fallback.after
          : { ...expr, value: value.after, fallback: fallback.after };
        return {
          after,
          change: isGone(after) ? 'lost' : 'any',
          pairs: elsePairs(value.pairs, fallback.pairs),
        };
      }
    }
  }

  // --- leaves ------------------------------------------------------------------------------------

  #read(read: ReadExpr): Withheld {
    const { path, how } = this.#lack;
    const own = pathOf(read);
    if (how === 'unusable') return own === path ? gone(read) : same(read);
    if (how === 'unfilled') return same(read);
    if (how === 'stale') {
      if (!isAround(path, own)) return same(read);
      return read.latest ? this.#last(read) : gone(read);
    }
    if (!isAround(path, own)) return this.#isObservation(read, path) ? gone(read) : same(read);
    const fallback = read.members.at(-1)?.default;
    if (fallback === undefined) return gone(read);
    const after = constant(fallback, read.type, read.span);
    if (read.type.kind === 'Bool') return this.#atom(read, after);
    const isNothing = Array.isArray(fallback) && fallback.length === 0;
    return { after, change: 'any', pairs: anyPairs, trend: isNothing ? 'smaller' : undefined };
  }

  /** Whether the path is of the `observed_at` by which what is read is fresh. */
  #isObservation(read: ReadExpr, path: string): boolean {
    if (read.latest || !path.endsWith('.observed_at')) return false;
    return read.members.some(
      (member, index) =>
        member.fresh !== undefined &&
        path === `${pathOf({ ...read, members: read.members.slice(0, index + 1) })}.observed_at`,
    );
  }

  /** What a stale record holds: some value, which need not be that of a fresh one. */
  #last(read: ReadExpr): Withheld {
    const [first, ...others] = read.members;
    if (first === undefined) return same(read);
    const members = [{ ...first, name: `last ${first.name}` }, ...others].map((member) => ({
      ...member,
      optional: false,
      fresh: undefined,
      default: undefined,
    }));
    return { after: { ...read, members }, change: 'any', pairs: anyPairs };
  }

  #isTable(name: string): boolean {
    return this.#lack.how === 'unfilled' && this.#lack.path === `${name}[…]`;
  }

  /** Whether it is the collection of which elements are of no use. */
  #isOfElements(collection: Expr): boolean {
    const read = throughNames(collection);
    return (
      this.#lack.how === 'unusable' &&
      read.kind === 'Read' &&
      this.#lack.path === `${pathOf(read)}[]`
    );
  }

  #presence(expr: PresenceExpr): Withheld {
    const { path, how } = this.#lack;
    if (how !== 'absent' || !isAround(path, pathOf(expr.operand))) return same(expr);
    return this.#atom(expr, constant(!expr.present, bool, expr.span));
  }

  #knowing(expr: KnownExpr): Withheld {
    const read = throughNames(expr.operand);
    const never = () => this.#atom(expr, constant(false, bool, expr.span));
    if (read.kind === 'Read' && read.type.kind === 'Record') {
      const { path, how } = this.#lack;
      const own = pathOf(read);
      if (how === 'absent' && isAround(path, own)) return never();
      if (how === 'absent' && this.#isObservation(read, path)) return never();
      const goesStale = how === 'stale' && !read.latest && isAround(path, own);
      return goesStale ? never() : same(expr);
    }
    if (this.#isOfElements(expr.operand)) return never();
    const operand = this.of(expr.operand);
    if (operand.change === 'none') return same(expr);
    return isGone(operand.after) ? never() : this.#atom(expr, { ...expr, operand: operand.after });
  }

  // --- operators ---------------------------------------------------------------------------------

  /** Unknown where an operand is. */
  #strict(expr: Expr): Withheld {
    const operands = operandsOf(expr).map((operand) =>
      this.#isOfElements(operand) ? gone(operand) : this.of(operand),
    );
    if (operands.every(({ change }) => change === 'none')) return same(expr);
    if (operands.some(({ after }) => isGone(after))) return gone(expr);
    const after = withOperands(
      expr,
      operands.map((operand) => operand.after),
    );
    if (operands.every(({ change }) => change !== 'any'))
      return { after, change: 'lost', pairs: lost };
    if (expr.kind === 'History') return { after: whatever(expr), change: 'any', pairs: anyPairs };
    if (expr.type.kind !== 'Bool')
      return { after, change: 'any', pairs: anyPairs, trend: trendOf(expr, operands) };
    return this.#turning(this.#atom(expr, after), expr, turnOf(expr, operands));
  }

  /** Fewer pairs, where it can only fall or only rise. */
  #turning(found: Withheld, before: Expr, turn: Turn | undefined): Withheld {
    if (turn === undefined) return found;
    const { after } = found;
    const pairs = found.pairs & (turn === 'falls' ? fallingPairs : risingPairs);
    this.links.push({ before, after, pairs });
    return { after, pairs, change: changeOf(pairs) };
  }

  #quantifier(expr: QuantifierExpr): Withheld {
    const [collection, body] = [this.of(expr.collection), this.of(expr.body)];
    if (isGone(collection.after)) return gone(expr);
    const { after } = collection;
    if (after.kind === 'Constant' && (after.value as readonly Value[]).length === 0)
      return this.#atom(expr, constant(expr.quantifier === 'all', bool, expr.span));
    if (collection.change !== 'none')
      return this.#atom(expr, { ...expr, collection: after, body: body.after });
    if (body.change === 'none') return same(expr);
    // Of several elements some may have what others are without.
    const mixed = this.#lack.path.includes('[]');
    const each = mixed ? body.pairs | unchanged : body.pairs;
    const found: Withheld = {
      after: mixed ? whatever(expr) : { ...expr, body: body.after },
      change: changeOf(body.pairs),
      pairs: quantifiedPairs(expr.quantifier, each) | unchangedUnknown,
    };
    this.links.push({ before: expr, after: found.after, pairs: found.pairs });
    return found;
  }

  /** What is not made of conditions: which pairs come about is asked of its values. */
  #atom(before: Expr, after: Expr): Withheld {
    const reasoning = this.#reasoning;
    const may = (one: number, other: number) => {
      const given = reasoning.assume(
        reasoning.ask(),
        { expr: before, wanted: one },
        { expr: after, wanted: other },
      );
      return !isConflict(given);
    };
    const asked = reasoning.ask();
    const pairs = filtered(
      reasoning.worthOf(before, asked),
      reasoning.worthOf(after, noAssumptions),
      may,
    );
    return { after, change: changeOf(pairs), pairs };
  }
}

/** That of each operand that changes; undefined: they have none in common. */
function common<T>(each: readonly (T | undefined)[]): T | undefined {
  const [first] = each;
  return each.every((one) => one === first) ? first : undefined;
}

function changing(operands: readonly Withheld[]): readonly number[] {
  return operands.flatMap(({ change }, index) => (change === 'none' ? [] : [index]));
}

function trendOf(expr: Expr, operands: readonly Withheld[]): Trend | undefined {
  if (expr.kind !== 'Apply') return undefined;
  const keeps = keepsTrend[expr.builtin.name];
  if (keeps === undefined) return undefined;
  return common(
    changing(operands).map((index) => {
      const trend = operands[index]?.trend;
      if (trend === undefined || keeps[index]) return trend;
      return trend === 'smaller' ? 'larger' : 'smaller';
    }),
  );
}

function turnOf(expr: Expr, operands: readonly Withheld[]): Turn | undefined {
  if (expr.kind !== 'Apply') return undefined;
  const turns = ofSmaller[expr.builtin.name];
  // Addresses in networks are no elements of a set.
  if (turns === undefined || expr.args.some(({ type }) => type.kind === 'Cidr')) return undefined;
  return common(
    changing(operands).map((index) => {
      const trend = operands[index]?.trend;
      const turn = turns[index];
      if (trend === undefined || turn === undefined || trend === 'smaller') return trend && turn;
      return turn === 'falls' ? 'rises' : 'falls';
    }),
  );
}

const anyPairs: Pairs = 0b111_111_111;
const fallingPairs: Pairs = unchanged | among(isTrue, isFalse);
const risingPairs: Pairs = unchanged | among(isFalse, isTrue);
const unchangedUnknown: Pairs = 0b000_010_000;

function changeOf(pairs: Pairs): Change {
  if ((pairs & ~unchanged) === 0) return 'none';
  return (pairs & ~lost) === 0 ? 'lost' : 'any';
}

function same(expr: Expr): Withheld {
  return { after: expr, change: 'none', pairs: unchanged };
}

/** It can't be told any more. */
function gone({ type, span }: Expr): Withheld {
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

function changed(
  expr: Expr,
  operands: readonly Withheld[],
  make: () => { readonly after: Expr; readonly pairs: Pairs },
): Withheld {
  if (operands.every(({ change }) => change === 'none')) return same(expr);
  const { after, pairs } = make();
  if (expr.type.kind === 'Bool') return { after, pairs, change: changeOf(pairs) };
  return { after, pairs, change: operands.some(({ change }) => change === 'any') ? 'any' : 'lost' };
}

/** A value of which nothing is known but how it is linked with what it was. */
function whatever({ type, span }: Expr): Expr {
  const variable: Variable = { name: 'whatever', type, path: '' };
  return { kind: 'Variable', variable, type, span };
}

function chosenFrom(expr: IfExpr, condition: Expr, then: Expr, otherwise: Expr): Expr {
  return { ...expr, condition, then, else: otherwise };
}

function throughNames(expr: Expr): Expr {
  return expr.kind === 'Binding' ? throughNames(expr.binding.value) : expr;
}

function constant(value: Value, type: Type, span: Span): Expr {
  return { kind: 'Constant', value, type, span };
}

/** The same operator on other operands, in the order of `operandsOf`. */
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
    default:
      return expr;
  }
}
