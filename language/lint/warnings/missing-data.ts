// Finds the data that a rule may have to do without: optional members, unusable values, records
// that become stale, tables without an entry, and history terms without a session.

import { hasFixedPath } from '../../model/entries.ts';
import type { EventPattern, Expr, HistoryTerm, ReadExpr } from '../../model/model.ts';
import { collectExprs, findTermParts, listTermPatterns } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import { type CollectionType, isCollection, type Type } from '../../types/types.ts';
import { inferDomain } from '../reasoning/operands.ts';
import { isEnclosingPath } from '../rules.ts';

/** Data that a rule may have to do without. */
export interface MissingData {
  /** The path of the member; `limits[…]` for a table; the text of a history term. */
  readonly path: string;
  /**
   * `absent`: the member is missing. `unusable`: it is present, with a value that does not fit its
   * type. `stale`: the record is past its `fresh`, and `latest` still reads its last value.
   * `unfilled`: a look-up without an entry, or a history term that is unknown. `unlisted`: it is present, with a
   * string for which its enum has an `else`.
   */
  readonly how: 'absent' | 'unusable' | 'stale' | 'unfilled' | 'unlisted';
  /** The events that have the member, if it belongs to the events of a session. */
  readonly events?: EventPattern['of'] | undefined;
  /** The member, if it belongs to the request itself and not to an element of a list or the entry of a computed key. */
  readonly read: ReadExpr | undefined;
}

/**
 * Look-ups and history terms first, then the deepest members, so that a record is reported only for
 * what none of its members explains.
 */
export function collectMissingData(exprs: readonly Expr[]): readonly MissingData[] {
  const missingData = new Map<string, MissingData>();
  for (const expr of collectExprs(exprs)) {
    for (const missing of listMissingData(expr)) {
      const key = buildMissingKey(missing);
      if (!missingData.has(key) && !isOfEvents(missing.path)) missingData.set(key, missing);
    }
  }
  return [...missingData.values()].sort((a, b) => compare(measureDepth(b), measureDepth(a)));
}

/** The same for the same data, however often it is read. */
export function buildMissingKey({ how, path, events }: MissingData): string {
  return `${how} ${events === undefined ? '' : nameOfEvents(events)} ${path}`;
}

function nameOfEvents(of: EventPattern['of']): string {
  return of.kind === 'decision' ? of.kind : `${of.kind} ${of.name}`;
}

/** Whether the patterns can match the same events; decisions of all effects are the same. */
export function isOfSameEvents(
  a: EventPattern['of'] | undefined,
  b: EventPattern['of'] | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return nameOfEvents(a) === nameOfEvents(b);
}

function measureDepth({ how, path }: MissingData): number {
  return how === 'unfilled' ? Number.POSITIVE_INFINITY : path.split('.').length;
}

/** Treats infinities as equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** An absent event has not happened. */
function isOfEvents(path: string): boolean {
  return isEnclosingPath('context.events', path);
}

function listMissingData(expr: Expr): readonly MissingData[] {
  switch (expr.kind) {
    case 'Read':
      return listMissingOfRead(expr);
    case 'Variable': {
      const how = findMisfit(expr.type);
      return how === undefined ? [] : [{ path: `${expr.variable.path}[]`, how, read: undefined }];
    }
    case 'Lookup':
      return inferDomain(expr).unknown
        ? [{ path: `${expr.table.name}[…]`, how: 'unfilled', read: undefined }]
        : [];
    case 'History':
      return [
        { path: expr.term.text, how: 'unfilled', read: undefined },
        ...listMissingOfEvents(expr.term),
      ];
    default:
      expr.kind satisfies
        | ('Constant' | 'Selector' | 'Now' | 'Binding' | 'Apply' | 'Compare' | 'Age')
        | ('InWindow' | 'Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence')
        | ('Quantifier' | 'Aggregate' | 'If' | 'Else' | 'Set');
      return [];
  }
}

function listMissingOfRead(expr: ReadExpr): readonly MissingData[] {
  const missingData: MissingData[] = [];
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
    const path = spellPath(read);
    const own = hasFixedPath(read) ? read : undefined;
    if (member.optional || member.default !== undefined)
      missingData.push({ path, how: 'absent', read: own });
    if (member.fresh !== undefined) missingData.push({ path, how: 'stale', read: own });
    if (!whole) return;
    const { type } = member;
    if (isCollection(type)) {
      const [within, element] = findInnermostElement(path, type);
      const how = findMisfit(element);
      if (how !== undefined) missingData.push({ path: within, how, read: undefined });
      return;
    }
    const how = findMisfit(type);
    if (how !== undefined) missingData.push({ path, how, read: own });
  });
  return missingData;
}

/** The innermost elements of a collection, with their path. */
function findInnermostElement(path: string, { element }: CollectionType): readonly [string, Type] {
  const within = `${path}[]`;
  return element.kind === 'List' ? findInnermostElement(within, element) : [within, element];
}

/** The data that events of a term may not have. */
function listMissingOfEvents(term: HistoryTerm): readonly MissingData[] {
  return listTermPatterns(term).flatMap((pattern) =>
    [...collectExprs(listExprsAboutEvents(term, pattern))].flatMap((expr) =>
      listMissingData(expr).map((missing) => ({ ...missing, events: pattern.of })),
    ),
  );
}

/** The expressions about an event of a pattern. */
export function listExprsAboutEvents(term: HistoryTerm, pattern: EventPattern): readonly Expr[] {
  const { condition, key } = pattern;
  return [
    ...(condition === undefined ? [] : [condition]),
    ...(key?.parts.flatMap(({ ofEvent, ofRequest }) => (ofEvent === ofRequest ? [] : ofEvent)) ??
      []),
    ...(pattern === term.pattern ? findTermParts(term).ofEvent : []),
  ];
}

/** How a value of the right JSON type can fail to be one of the type. */
function findMisfit(type: Type): 'unusable' | 'unlisted' | undefined {
  if (isSometimesUnusable(type)) return 'unusable';
  return type.kind === 'Enum' ? 'unlisted' : undefined;
}

/**
 * Whether the type has unusable values of the right JSON type. Numbers beyond 64 bits do not count;
 * numbers outside a range do.
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
      type.kind satisfies
        | ('Set' | 'Bool' | 'String' | 'Timestamp' | 'Duration' | 'Record' | 'List')
        | 'Map';
      return false;
  }
}
