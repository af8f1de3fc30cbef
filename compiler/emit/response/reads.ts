// The tables of what answers read: the rules by scope, and for each scope what rules read that can fire at the same
// effects, as bits of the paths in order.

import { type EffectName, effects, requestMembers } from '@nhipol/runtime/abi';
import { digestPath } from '@nhipol/runtime/call-digest';
import type { DescribedRule, Description } from '../../ir/description.ts';
import type { Constants } from '../data/constants.ts';
import type { ResponseData } from './response-data.ts';

/** Above the bits of effects. */
const lowersBit = 1 << effects.length;

export interface Reads {
  readonly constants: Constants;
  /** The paths that answers can list. */
  readonly paths: readonly string[];
}

export function describeReads(description: Description, data: ResponseData): Reads {
  const { rules, reads, choosers, history } = description;
  const listPaths = (indexes: readonly number[]) => indexes.map((index) => reads[index] ?? '');
  const paths = [
    ...new Set([...choosers, ...requestMembers, ...rules.flatMap(({ read }) => listPaths(read))]),
  ].sort();
  const words = Math.ceil(paths.length / 64);
  const places = new Map(paths.map((path, place) => [path, place]));
  const bits = (some: readonly string[]) =>
    encodeBitSet(
      some.map((path) => places.get(path) ?? 0),
      words * 2,
    );
  const scopes = (some: readonly DescribedRule[]) =>
    data.list(
      [...groupByKey(some, scopeKey).values()].map((scope) => {
        const [{ subjects, actions, resources } = {} as DescribedRule] = scope;
        const byEffects = groupByKey(scope, ({ effects, lowers }) =>
          String(encodeEffects(effects) | (lowers ? lowersBit : 0)),
        );
        const rows = [...byEffects].map(([mask, group]) => [
          Number(mask),
          0,
          ...bits(listPaths(group.flatMap(({ read }) => read))),
        ]);
        const set = (numbers: readonly number[] | undefined, names: readonly string[]) =>
          numbers === undefined
            ? 0
            : data.words(encodeBitSet(numbers, Math.ceil((names.length + 1) / 32)));
        return [
          set(subjects, description.selectors.subjects),
          set(actions, description.selectors.actions),
          set(resources, description.selectors.resources),
          data.list(rows),
        ];
      }),
    );
  const revokes = rules.flatMap((rule) => {
    const read = rule.read.filter((index) => history?.terms.includes(index));
    return rule.effects.includes('revoke') && read.length > 0 ? [{ ...rule, read }] : [];
  });
  const constants: Constants = {
    READ_PATHS: ['usize', data.words(paths.map((path) => data.fragment(JSON.stringify(path))))],
    READ_WORDS: ['i32', words],
    CHOOSER_BITS: ['usize', data.words(bits(choosers))],
    REQUEST_BITS: ['usize', data.words(bits(requestMembers))],
    DECISION_BITS: [
      'usize',
      history === undefined
        ? 0
        : data.words(bits(listPaths(history.decisions).filter((path) => places.has(path)))),
    ],
    SCOPES: ['usize', scopes(rules)],
    FAULT_SCOPES: ['usize', revokes.length === 0 ? 0 : scopes(revokes)],
    DIGEST_PATH: ['i32', places.get(digestPath) ?? -1],
  };
  return { constants, paths };
}

function scopeKey({ subjects, actions, resources }: DescribedRule): string {
  return JSON.stringify([subjects, actions, resources].map((each) => each ?? null));
}

function encodeEffects(some: readonly EffectName[]): number {
  return some.reduce((all, effect) => all | (1 << effects.indexOf(effect)), 0);
}

/** Numbers as bits, in words of 32 bits. */
function encodeBitSet(numbers: readonly number[], words: number): readonly number[] {
  const set = new Array<number>(words).fill(0);
  for (const number of numbers) {
    set[number >> 5] = ((set[number >> 5] ?? 0) | (1 << (number & 31))) >>> 0;
  }
  return set;
}

function groupByKey<T>(
  all: readonly T[],
  toKey: (each: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = toKey(each);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(each);
  }
  return groups;
}
