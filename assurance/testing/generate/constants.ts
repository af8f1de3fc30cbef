// The constants of expressions, by type, from which a generator derives boundary values.

import type { Expr, Table } from '@nhipol/language/model';
import { type Pattern, type Type, toJson, type Value, type Window } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import { listAddressTexts, listNetworkTexts } from './addresses.ts';
import { listExampleStrings } from './builtin-strings.ts';
import { listIntTexts, listQuantityTexts } from './numerals.ts';
import { generatePatternTexts } from './pattern-strings.ts';
import { createRandomNumbers } from './random.ts';
import { collectTurns, type WindowEdges } from './window-edges.ts';

const textsPerPattern = 24;

interface WholeSet {
  readonly kind: Type['kind'];
  /** JSON. */
  readonly elements: readonly string[];
}

export interface PolicyConstants {
  readonly strings: readonly string[];
  /** The constants that form a set. */
  readonly sets: readonly WholeSet[];
  readonly spiffeIds: readonly string[];
  /** Strings near them, some of them malformed. */
  readonly ips: readonly string[];
  readonly cidrs: readonly string[];
  readonly ints: readonly bigint[];
  /** In millionths. */
  readonly decimals: readonly bigint[];
  readonly durations: readonly bigint[];
  readonly instants: readonly bigint[];
  /** The instants at which windows change. */
  readonly turns: WindowEdges;
}

/** Collects the constants of expressions and their parts, and of rows of tables. */
export function collectConstants(exprs: Iterable<Expr>, tables: readonly Table[]): PolicyConstants {
  const found = new Map<string, Set<Value>>();
  const sets: WholeSet[] = [];
  const add = (type: Type, value: Value): void => {
    if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
      const elements = value as readonly Value[];
      for (const element of elements) add(type.element, element);
      sets.push({
        kind: type.element.kind,
        elements: elements.map((element) => stringify(toJson(type.element, element))),
      });
    } else found.set(type.kind, (found.get(type.kind) ?? new Set()).add(value));
  };
  const addWhole = (elements: readonly Expr[]): void => {
    const constants = elements.flatMap((element) => (element.kind === 'Constant' ? [element] : []));
    const [first] = constants;
    if (first === undefined) return;
    sets.push({
      kind: first.type.kind,
      elements: constants.map(({ type, value }) => stringify(toJson(type, value))),
    });
  };
  const windows = new Set<Window>();
  const called = new Set<string>();
  const addPatternTexts = (pattern: Pattern): void => {
    for (const text of getPatternTexts(pattern)) {
      add({ kind: 'String' }, text);
      if (pattern.source.language === 'spiffe') add({ kind: 'SpiffeId' }, text);
    }
  };
  for (const expr of exprs) {
    if (expr.kind === 'InWindow') windows.add(expr.window);
    if (expr.kind === 'Constant') add(expr.type, expr.value);
    for (const text of listExampleStrings(expr)) add({ kind: 'String' }, text);
    if (expr.kind === 'Apply') called.add(expr.builtin.name);
    if (expr.kind === 'Set') addWhole(expr.elements);
    if (expr.kind === 'Apply' && expr.builtin.pattern !== undefined)
      addPatternTexts(expr.builtin.pattern);
    if (expr.kind === 'Read') {
      for (const { fresh } of expr.members)
        if (fresh !== undefined) add({ kind: 'Duration' }, fresh);
    }
  }
  const columns = tables.flatMap((table) => [...(table.columns?.values() ?? [])]);
  for (const table of [...tables, ...columns]) {
    for (const row of table.rows) {
      row.keys.forEach((key, index) => {
        add(table.keys[index] as Type, key);
      });
      add(table.value, row.value);
    }
  }
  const list = <T>(kind: string) => [...(found.get(kind) ?? [])] as T[];
  return {
    strings: [
      ...new Set([
        ...list<string>('String'),
        ...(called.has('int') ? listIntTexts(list('Int')) : []),
        ...(called.has('quantity') ? listQuantityTexts(list('Decimal')) : []),
      ]),
    ],
    sets,
    spiffeIds: list('SpiffeId'),
    ips: listAddressTexts(list('Ip'), list('Cidr')),
    cidrs: listNetworkTexts(list('Ip'), list('Cidr')),
    ints: list('Int'),
    decimals: list('Decimal'),
    durations: list('Duration'),
    instants: list('Timestamp'),
    turns: collectTurns(windows),
  };
}

const texts = new WeakMap<Pattern, readonly string[]>();

function getPatternTexts(pattern: Pattern): readonly string[] {
  const text =
    texts.get(pattern) ?? generatePatternTexts(pattern, createRandomNumbers(1), textsPerPattern);
  texts.set(pattern, text);
  return text;
}
