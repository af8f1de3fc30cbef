// The shape of a rule is the rule without its constants: rules of one shape can share code. Computes,
// from a rule with its reason, a key that identifies the shape, and the constants in the order of the
// key.

import type { IrExpr, IrVariable } from '../ir/expressions.ts';
import type { IrReason, IrRule } from '../ir/ir.ts';
import { listIrOperands } from '../ir/operands.ts';
import type { IrTable } from '../ir/tables.ts';
import type { Parameter } from './member.ts';

export interface Shape {
  readonly key: string;
  readonly parameters: readonly Parameter[];
}

/** `tables` numbers tables in the order of their first use. */
export function computeRuleShape(
  rule: IrRule,
  reason: IrReason,
  tables: Map<IrTable, number>,
): Shape {
  const outline = new Outline(tables);
  const values = [...reason.placeholders, ...reason.properties].map(({ value }) => value);
  const parts = [rule.condition, ...values].map((expr) => outline.of(expr));
  const head = [rule.effect, rule.skipUnknown, reason.placeholders.length, reason.unknown];
  return { key: JSON.stringify([head, parts]), parameters: outline.parameters };
}

/** The shape of a single expression. */
export function shapeOfExpr(expr: IrExpr, tables: Map<IrTable, number>): Shape {
  const outline = new Outline(tables);
  return { key: outline.of(expr), parameters: outline.parameters };
}

class Outline {
  readonly parameters: Parameter[] = [];
  readonly #tables: Map<IrTable, number>;
  readonly #seen = new Map<IrExpr, number>();
  readonly #variables = new Map<IrVariable, number>();

  constructor(tables: Map<IrTable, number>) {
    this.#tables = tables;
  }

  /** A shared node occurs once in the key, so that a shape also determines what is shared. */
  of(expr: IrExpr): string {
    const before = this.#seen.get(expr);
    if (before !== undefined) return `#${before}`;
    this.#seen.set(expr, this.#seen.size);
    const own = this.#own(expr);
    const operands = listIrOperands(expr).map((operand) => this.of(operand));
    return `${expr.kind} ${expr.rep} ${expr.timeful ? '~' : ''}${own}(${operands.join(',')})`;
  }

  #own(expr: IrExpr): string {
    switch (expr.kind) {
      case 'const':
        if (typeof expr.value === 'boolean') return `${expr.value}`;
        this.parameters.push(expr);
        return '';
      case 'apply':
        if (expr.pattern !== undefined) this.parameters.push(expr);
        return `${expr.function} ${expr.mayFail} ${expr.countsOnly} ${expr.pattern !== undefined}`;
      case 'lookup':
        return `${assignNumber(this.#tables, expr.table)}`;
      case 'inWindow':
        return this.#plain(expr, { ...expr.window, name: '', zone: expr.window.zone.name });
      case 'calendar':
        return this.#plain(expr, expr.zone.name);
      case 'quantifier':
      case 'aggregate':
        return this.#plain(expr, assignNumber(this.#variables, expr.variable));
      default:
        expr.kind satisfies
          | ('set' | 'cell' | 'entry' | 'presence' | 'knownRecord' | 'knownCell')
          | ('known' | 'knownAge' | 'compare' | 'compareNow' | 'compareAge')
          | ('remembered' | 'and' | 'or' | 'not' | 'if' | 'else');
        return this.#plain(expr, undefined);
    }
  }

  /** All members of a node other than operands and those in `instead`. */
  #plain(expr: IrExpr, instead: unknown): string {
    const operands = new Set<unknown>(listIrOperands(expr));
    const special = new Set(['kind', 'rep', 'timeful', 'window', 'zone', 'variable']);
    const rest = Object.entries(expr).filter(
      ([name, value]) =>
        !special.has(name) &&
        !operands.has(value) &&
        !(Array.isArray(value) && value.length > 0 && operands.has(value[0])),
    );
    return JSON.stringify([rest, instead], (_, value) =>
      typeof value === 'bigint'
        ? `${value}`
        : isVariable(value)
          ? `$${assignNumber(this.#variables, value)}`
          : operands.has(value)
            ? '#'
            : value,
    );
  }
}

function isVariable(value: unknown): value is IrVariable {
  return typeof value === 'object' && value !== null && 'stride' in value && 'name' in value;
}

function assignNumber<T>(known: Map<T, number>, entry: T): number {
  const number = known.get(entry) ?? known.size;
  known.set(entry, number);
  return number;
}
