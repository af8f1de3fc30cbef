// What a rule may have to do without: members that may be left out, values that can't be used, records
// that go stale, tables without an entry, and terms of history without a session.

import type { Expr, ReadExpr } from '../model/model.ts';
import { everyExpr } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import type { Type } from '../types/types.ts';
import { declared } from './operands.ts';
import { isAround } from './rules.ts';

export interface MissingData {
  /** The member's path; `limits[…]` of a table, and the text of a term of history. */
  readonly path: string;
  /**
   * `absent`: it is left out. `unusable`: it is there, with a value of no use. `stale`: the record is
   * past its `fresh`, and `latest` still reads what it last held. `unfilled`: a look-up without an
   * entry, or a term of history that can't be told.
   */
  readonly how: 'absent' | 'unusable' | 'stale' | 'unfilled';
  /** The member, where it is one of the request itself and not of an element of a list. */
  readonly read: ReadExpr | undefined;
}

/**
 * Look-ups and terms of history, then the deepest members first: so that a record is blamed only for
 * what none of its members is.
 */
export function missingDataOf(exprs: readonly Expr[]): readonly MissingData[] {
  const found = new Map<string, MissingData>();
  for (const expr of everyExpr(exprs)) {
    for (const lack of lacksAt(expr)) {
      const key = `${lack.how} ${lack.path}`;
      if (!found.has(key) && !isOfEvents(lack.path)) found.set(key, lack);
    }
  }
  return [...found.values()].sort((a, b) => compare(depthOf(b), depthOf(a)));
}

function depthOf({ how, path }: MissingData): number {
  return how === 'unfilled' ? Number.POSITIVE_INFINITY : path.split('.').length;
}

/** Infinities are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** An event that is absent has not happened. */
function isOfEvents(path: string): boolean {
  return isAround('context.events', path);
}

function lacksAt(expr: Expr): readonly MissingData[] {
  switch (expr.kind) {
    case 'Read':
      return ofRead(expr);
    case 'Variable': {
      const path = `${expr.variable.path}[]`;
      return isSometimesUnusable(expr.type) ? [{ path, how: 'unusable', read: undefined }] : [];
    }
    case 'Lookup':
      return declared(expr).unknown
        ? [{ path: `${expr.table.name}[…]`, how: 'unfilled', read: undefined }]
        : [];
    case 'History':
      return [{ path: expr.term.text, how: 'unfilled', read: undefined }];
    default:
      return [];
  }
}

function ofRead(expr: ReadExpr): readonly MissingData[] {
  const found: MissingData[] = [];
  expr.members.forEach((member, index) => {
    const whole = index === expr.members.length - 1;
    const read = whole
      ? { ...expr, latest: true }
      : {
          ...expr,
          members: expr.members.slice(0, index + 1),
          latest: true,
          type: member.type,
        };
    const path = pathOf(read);
    const own = typeof expr.from === 'string' ? read : undefined;
    if (member.optional || member.default !== undefined)
      found.push({ path, how: 'absent', read: own });
    if (member.fresh !== undefined) found.push({ path, how: 'stale', read: own });
    if (!whole) return;
    const { type } = member;
    if (type.kind === 'Set' || type.kind === 'List') {
      if (isSometimesUnusable(type.element))
        found.push({ path: `${path}[]`, how: 'unusable', read: undefined });
    } else if (isSometimesUnusable(type)) found.push({ path, how: 'unusable', read: own });
  });
  return found;
}

/**
 * Whether it has values of the right JSON type that are of no use. A number beyond 64 bits is not
 * counted: what a range excludes is.
 */
function isSometimesUnusable(type: Type): boolean {
  switch (type.kind) {
    case 'Enum':
      return type.otherwise === undefined;
    case 'SpiffeId':
    case 'Ip':
    case 'Cidr':
      return true;
    case 'Int':
    case 'Decimal':
      return type.range !== undefined;
    default:
      return false;
  }
}
