// The constants that a policy speaks of, by type: what a generator must hit to come near its edges.

import {
  type Expr,
  everyExpr,
  type Pattern,
  type Policy,
  type Type,
  type Value,
  type Window,
} from '../language/index.ts';
import { addressTexts, networkTexts } from './addresses.ts';
import { textsNear } from './pattern-texts.ts';
import { random } from './random.ts';
import { turnsOf } from './turns.ts';

const textsPerPattern = 24;

export interface Harvest {
  readonly strings: readonly string[];
  readonly spiffeIds: readonly string[];
  /** Texts near them, some of them malformed. */
  readonly ips: readonly string[];
  readonly cidrs: readonly string[];
  readonly ints: readonly bigint[];
  /** In millionths. */
  readonly decimals: readonly bigint[];
  readonly durations: readonly bigint[];
  readonly instants: readonly bigint[];
  /** When windows turn, in milliseconds. */
  readonly turns: readonly number[];
}

export function harvest(policy: Policy): Harvest {
  const found = new Map<string, Set<Value>>();
  const add = (type: Type, value: Value): void => {
    if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
      for (const element of value as readonly Value[]) add(type.element, element);
    } else found.set(type.kind, (found.get(type.kind) ?? new Set()).add(value));
  };
  const windows = new Set<Window>();
  const addNear = (pattern: Pattern): void => {
    for (const text of textsNear(pattern, random(1), textsPerPattern)) {
      add({ kind: 'String' }, text);
      if (pattern.source.language === 'spiffe') add({ kind: 'SpiffeId' }, text);
    }
  };
  const note = (expr: Expr): void => {
    if (expr.kind === 'InWindow') windows.add(expr.window);
    if (expr.kind === 'Constant') add(expr.type, expr.value);
    if (expr.kind === 'Apply' && expr.builtin.pattern !== undefined) addNear(expr.builtin.pattern);
    if (expr.kind === 'Read') {
      for (const { fresh } of expr.members)
        if (fresh !== undefined) add({ kind: 'Duration' }, fresh);
    }
  };
  const conditions = [
    ...policy.rules.flatMap((rule) => [
      rule.condition,
      ...(rule.narrowing === undefined ? [] : [rule.narrowing.inside]),
      ...rule.demands.flatMap(({ properties }) => properties.map(({ value }) => value)),
    ]),
    ...policy.invariants.map(({ claim }) => claim),
    ...policy.scores.flatMap((score) => score.conditions.map((item) => item.condition)),
  ];
  for (const expr of everyExpr(conditions)) note(expr);
  for (const table of policy.tables) {
    for (const row of table.rows) {
      row.keys.forEach((key, index) => {
        add(table.keys[index] as Type, key);
      });
      add(table.value, row.value);
    }
  }
  const list = <T>(kind: string) => [...(found.get(kind) ?? [])] as T[];
  return {
    strings: list('String'),
    spiffeIds: list('SpiffeId'),
    ips: addressTexts(list('Ip'), list('Cidr')),
    cidrs: networkTexts(list('Ip'), list('Cidr')),
    ints: list('Int'),
    decimals: list('Decimal'),
    durations: list('Duration'),
    instants: list('Timestamp'),
    turns: turnsOf(windows),
  };
}
