// Numbers expressions so that two with the same number have the same value in every request: those
// with the same structure. A `let` has the number of its value. Variables of different quantifiers
// have different numbers, even if the quantifiers are the same.

import { findAffirmative } from '../../model/builtins.ts';
import { listEntryKeys } from '../../model/entries.ts';
import type { ConstantExpr, Expr, InWindowExpr, ReadExpr } from '../../model/model.ts';
import { listOperands } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import { throwUnreachable } from '../../support/invariant.ts';

export class Identities {
  readonly #known = new Map<Expr, number>();
  readonly #numbers = new Map<string, number>();
  /** Tables, variables, windows and patterns, which are compared by object identity. */
  readonly #objects = new Map<object, number>();

  of(expr: Expr): number {
    const before = this.#known.get(expr);
    if (before !== undefined) return before;
    const key = this.#makeKey(expr);
    const number = typeof key === 'number' ? key : this.#assignNumber(key);
    this.#known.set(expr, number);
    return number;
  }

  /** The identity of the wall clock that a window reads. */
  ofWallClock({ window, of }: InWindowExpr): number {
    return this.#assignNumber(this.#all(`wall clock ${window.zone.name}`, [of]));
  }

  /** The identity of two operands that are compared, whichever is on the left. */
  ofPair(left: Expr, right: Expr): { readonly identity: number; readonly isFlipped: boolean } {
    const isFlipped = this.of(left) > this.of(right);
    const identity = this.#assignNumber(
      this.#all('pair', isFlipped ? [right, left] : [left, right]),
    );
    return { identity, isFlipped };
  }

  /** The identity of a condition without a `not` in its operator. */
  ofFact(expr: Expr): { readonly identity: number; readonly isNegated: boolean } {
    const affirmative = expr.kind === 'Apply' ? findAffirmative(expr) : undefined;
    if (expr.kind !== 'Apply' || affirmative === undefined)
      return { identity: this.of(expr), isNegated: false };
    return { identity: this.#assignNumber(this.#all(affirmative, expr.args)), isNegated: true };
  }

  #assignNumber(key: string): number {
    const before = this.#numbers.get(key);
    if (before !== undefined) return before;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }

  #object(object: object): number {
    const number = this.#objects.get(object) ?? this.#objects.size;
    this.#objects.set(object, number);
    return number;
  }

  #all(kind: string, exprs: readonly Expr[]): string {
    return `${kind}(${exprs.map((expr) => this.of(expr)).join(',')})`;
  }

  #makeKey(expr: Expr): string | number {
    switch (expr.kind) {
      case 'Binding':
        return this.of(expr.binding.value);
      case 'Constant':
        return buildConstantKey(expr);
      case 'Read':
        return this.#readKey(expr);
      case 'Selector':
        return expr.which;
      case 'Now':
        return 'now';
      case 'Variable':
        return `variable ${this.#object(expr.variable)}`;
      case 'Lookup':
        return this.#all(`table ${this.#object(expr.table)}`, expr.keys);
      case 'Apply': {
        const { name, pattern } = expr.builtin;
        const which = pattern === undefined ? '' : ` ${this.#object(pattern)}`;
        return this.#all(`${name}${which}`, expr.args);
      }
      case 'Compare':
        return this.#all(`compare ${expr.operator}`, [expr.left, expr.right]);
      case 'InWindow':
        return this.#all(`window ${this.#object(expr.window)}`, [expr.of]);
      case 'Calendar':
        return this.#all(`${expr.field} ${expr.zone.name}`, [expr.of]);
      case 'Age':
        return this.#all('age', [expr.of]);
      case 'And':
      case 'Or':
        return this.#all(expr.kind, expr.operands);
      case 'Not':
      case 'Known':
        return this.#all(expr.kind, [expr.operand]);
      case 'Presence':
        return this.#all(expr.present ? 'present' : 'missing', [expr.operand]);
      case 'Quantifier':
        return this.#all(expr.quantifier, [expr.collection, expr.body]);
      case 'Aggregate':
        return this.#all(`${expr.form} of ${this.#object(expr.variable)}`, listOperands(expr));
      case 'If':
        return this.#all('if', [expr.condition, expr.then, expr.else]);
      case 'Else':
        return this.#all('else', [expr.value, expr.fallback]);
      case 'Set':
        return this.#all('set', expr.elements);
      case 'History':
        return this.#all(`history ${expr.term.text}`, listOperands(expr));
      default:
        return throwUnreachable(expr);
    }
  }

  #readKey(read: ReadExpr): string {
    const stale = read.latest && read.members.some((member) => member.fresh !== undefined);
    const from = typeof read.from === 'string' ? 'read' : `element ${this.#object(read.from)}`;
    const keys = listEntryKeys(read).filter(({ kind }) => kind !== 'Constant');
    return `${stale ? 'latest ' : ''}${from} ${spellPath(read)}${this.#all('', keys)}`;
  }
}

function buildConstantKey({ value, type }: ConstantExpr): string {
  const name = type.kind === 'Enum' ? type.name : type.kind;
  if (typeof value !== 'object') return `constant ${name} ${value}`;
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));
  return `constant ${name} ${text}`;
}
