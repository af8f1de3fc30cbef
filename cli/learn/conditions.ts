// Writes the conditions that observed arguments have in common: takes the arguments of all calls with their declared types,
// and returns expressions of the language that are true for each of them.

import { spellName } from '@nhipol/language/syntax';
import { stringify } from '@nhipol/runtime';
import { isMembers } from '@nhipol/runtime/abi';
import { formatNumberLiteral } from '../scan/literals.ts';
import {
  type DeclaredRecordType,
  type DeclaredType,
  type NumberType,
  readMember,
} from '../scan/types.ts';
import { type LearningLimits, writeStringChoice } from './literals.ts';
import { proposeStringConditions } from './strings.ts';

export interface Conditions {
  /** All of them hold; none: every value is possible. */
  readonly all: readonly string[];
  /** Arguments that have no condition: their paths, and the number of different values. */
  readonly open: ReadonlyMap<string, number>;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * `path`: where the record is in a request. `records`: one for each call. `directories`: paths that are known to be
 * directories.
 */
export function learnConditions(
  type: DeclaredRecordType,
  path: string,
  records: readonly Members[],
  limits: LearningLimits,
  directories: ReadonlySet<string>,
): Conditions {
  const writer = new Writer(path, limits, directories);
  return { all: writer.record(type, path, records), open: writer.open };
}

class Writer {
  readonly open = new Map<string, number>();
  readonly #root: string;
  readonly #limits: LearningLimits;
  readonly #directories: ReadonlySet<string>;

  constructor(root: string, limits: LearningLimits, directories: ReadonlySet<string>) {
    this.#root = root;
    this.#limits = limits;
    this.#directories = directories;
  }

  record(
    { members }: DeclaredRecordType,
    path: string,
    records: readonly Members[],
  ): readonly string[] {
    return members.flatMap(({ name, isOptional, type }) => {
      const inner = `${path}.${spellName(name)}`;
      const values = records
        .map((record) => readMember(record, name))
        .filter((each) => each !== undefined);
      if (values.length === 0) return isOptional ? [`${inner} is missing`] : [];
      const found = this.#value(type, inner, values);
      if (found === undefined) this.#noteOpen(inner, values);
      const conditions = found ?? [];
      if (values.length === records.length) {
        return conditions.length === 0 && isOptional ? [`${inner} is present`] : conditions;
      }
      return conditions.length === 0
        ? []
        : [`(${inner} is missing or ${conditions.join(' and ')})`];
    });
  }

  /** Returns `undefined` if they have nothing in common but their type. `values`: at least one. */
  #value(
    type: DeclaredType,
    path: string,
    values: readonly unknown[],
  ): readonly string[] | undefined {
    switch (type.kind) {
      case 'bool': {
        const different = new Set(values);
        if (different.size > 1) return [];
        return [different.has(true) ? path : `not ${path}`];
      }
      case 'enum': {
        const different = new Set(values as string[]);
        return type.choices.every((choice) => different.has(choice))
          ? []
          : [writeStringChoice(path, different)];
      }
      case 'number':
        return proposeBounds(type, path, values.map(Number).filter(Number.isFinite));
      case 'string':
        return proposeStringConditions(path, values as string[], this.#limits, this.#directories);
      case 'list':
        return this.#list(type.element, path, values as unknown[][]);
      case 'record':
        return this.record(type, path, values.filter(isMembers));
      case 'map':
        return undefined;
    }
  }

  #list(
    element: DeclaredType,
    path: string,
    lists: readonly unknown[][],
  ): readonly string[] | undefined {
    const elements = lists.flat();
    if (elements.length === 0) return [`size(${path}) is 0`];
    const isScalar = !['list', 'record', 'map'].includes(element.kind);
    const conditions = isScalar ? this.#value(element, 'each', elements) : undefined;
    if (conditions === undefined || conditions.length === 0) return conditions;
    const holds = `(all each in ${path} satisfies ${conditions.join(' and ')})`;
    return lists.every((each) => each.length > 0) ? [`size(${path}) > 0`, holds] : [holds];
  }

  #noteOpen(path: string, values: readonly unknown[]): void {
    const different = new Set(values.map((value) => stringify(value)));
    this.open.set(path.slice(this.#root.length + 1), different.size);
  }
}

function proposeBounds(
  { isWhole, from, to }: NumberType,
  path: string,
  values: readonly number[],
): readonly string[] | undefined {
  if (values.length === 0) return undefined;
  const [min, max] = [Math.min, Math.max].map((choose) =>
    values.reduce((found, value) => choose(found, value)),
  ) as [number, number];
  // A negative value passes a limit of an amount, so that there is always a smallest one.
  const least = Math.min(min, 0);
  const spell = (value: number) => (isWhole ? formatNumberLiteral(value) : formatDecimal(value));
  return [
    ...(from !== undefined && least <= from ? [] : [`${path} >= ${negate(spell(-least))}`]),
    ...(to !== undefined && max >= to ? [] : [`${path} <= ${spell(max)}`]),
  ];
}

function negate(literal: string): string {
  return literal === '0' ? literal : `-${literal}`;
}

/** A Decimal is rounded to the nearest millionth. */
function formatDecimal(value: number): string {
  const text = formatNumberLiteral(value);
  return Number(text) >= value ? text : formatNumberLiteral(value + 1e-6);
}
