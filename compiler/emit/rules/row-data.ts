// The rows of families and the index of rows, as constant data in the format of rule-index.ts of the
// assembly library. A row: +0 u32 reason, +4 and +8 u32 destinations of its placeholders and of the
// properties of its obligations, from +16 on 8 bytes for each parameter: a word, or u32 pointer and u32
// length.

import type { IrModule, IrRule, IrScope } from '../../ir/ir.ts';
import type { MemoryLayout } from '../../layout/layout.ts';
import type { Discriminator } from '../../plan/discriminator.ts';
import { type Family, findReason } from '../../plan/plan.ts';
import { cellBytes } from '../data/cell-code.ts';
import { hashScope } from '../data/hash.ts';
import type { StaticData } from '../data/static-data.ts';
import { layParameter, parameterBytes } from '../expressions/parameters.ts';
import { emitRowLookup, type RowList } from './row-index.ts';
import type { TreeFamily } from './trees.ts';

/** The row of a rule in a family: its reason, the addresses of its cells, and its parameters. */
export const rowLayout = { reason: 0, placeholders: 4, properties: 8, parameters: 16 } as const;

const named = { subject: 1, action: 2, resource: 4 } as const;

/** Rules that one function evaluates, with their rows. */
interface RowFamily extends TreeFamily {
  readonly discriminator: Discriminator | undefined;
}

/** The members of one family in one scope. */
interface Segment {
  readonly family: number;
  /** The indexes of its members. */
  readonly members: number[];
}

interface Bucket {
  readonly subject: number;
  readonly action: number;
  readonly resource: number;
  readonly segments: Map<number, Segment>;
}

export class RowData {
  readonly #ir: IrModule;
  readonly #layout: MemoryLayout;
  readonly #data: StaticData;
  readonly #families: readonly RowFamily[];

  /** The trees follow the families. */
  constructor(
    ir: IrModule,
    layout: MemoryLayout,
    data: StaticData,
    families: readonly Family[],
    trees: readonly TreeFamily[],
  ) {
    this.#ir = ir;
    this.#layout = layout;
    this.#data = data;
    this.#families = [
      ...families.map((family) => ({
        template: family.template,
        rules: family.members.map(({ rule }) => rule),
        rows: this.#layRows(family),
        discriminator: family.discriminator,
      })),
      ...trees.map((tree) => ({ ...tree, discriminator: undefined })),
    ];
  }

  /** The family and the row address of each rule, by its reason. */
  places(): ReadonlyMap<number, { readonly family: number; readonly row: number }> {
    return new Map(
      this.#families.flatMap(({ rules, rows }, family) =>
        rules.map(({ reason }, index) => [reason, { family, row: rows[index] ?? 0 }]),
      ),
    );
  }

  /** The address of the index of an effect's families, or `undefined` if there are none. */
  index(effect: IrRule['effect']): number | undefined {
    const ways = new Map<number, Map<string, Bucket>>();
    for (const [family, { template, rules }] of this.#families.entries()) {
      if (template.effect !== effect) continue;
      for (const [member, { scope }] of rules.entries()) {
        const buckets = ways.get(encodeScopeForm(scope)) ?? new Map<string, Bucket>();
        ways.set(encodeScopeForm(scope), buckets);
        for (const place of listCombinations(scope)) {
          const key = place.join(' ');
          const [subject, action, resource] = place;
          const bucket = buckets.get(key) ?? { subject, action, resource, segments: new Map() };
          buckets.set(key, bucket);
          const segment = bucket.segments.get(family) ?? { family, members: [] };
          bucket.segments.set(family, segment);
          segment.members.push(member);
        }
      }
    }
    if (ways.size === 0) return undefined;
    const tables = [...ways].map(([way, buckets]) => [way, this.#scopes([...buckets.values()])]);
    return this.#data.words([ways.size, ...tables.flat()]);
  }

  // --- rows --------------------------------------------------------------------------------------

  #layRows(family: Family): readonly number[] {
    const size =
      Math.ceil((rowLayout.parameters + family.parameters.length * parameterBytes) / 16) * 16;
    const held = family.members.map(({ values }) =>
      values.map((value) => layParameter(value, this.#data)),
    );
    const bytes = new Uint8Array(size * family.members.length);
    const view = new DataView(bytes.buffer);
    for (const [at, { rule }] of family.members.entries()) {
      const { placeholders, properties } = findReason(this.#ir, rule);
      const row = at * size;
      view.setUint32(row + rowLayout.reason, rule.reason, true);
      view.setUint32(
        row + rowLayout.placeholders,
        this.#cell(this.#layout.placeholders, placeholders),
        true,
      );
      view.setUint32(
        row + rowLayout.properties,
        this.#cell(this.#layout.properties, properties),
        true,
      );
      for (const [parameter, [low, high]] of (held[at] ?? []).entries()) {
        view.setUint32(row + rowLayout.parameters + parameter * parameterBytes, low, true);
        view.setUint32(row + rowLayout.parameters + parameter * parameterBytes + 4, high, true);
      }
    }
    const { address } = this.#data.raw(bytes);
    return family.members.map((_, index) => address + index * size);
  }

  #cell(base: number, [first]: readonly { readonly index: number }[]): number {
    return first === undefined ? 0 : base + first.index * cellBytes;
  }

  // --- the index ---------------------------------------------------------------------------------

  #scopes(buckets: readonly Bucket[]): number {
    const entries = buckets.map((bucket) => ({
      hash: hashScope(bucket.subject, bucket.action, bucket.resource),
      words: [bucket.subject, bucket.action, bucket.resource, this.#bucket(bucket)],
    }));
    return this.#data.hashTable(entries);
  }

  #bucket({ segments }: Bucket): number {
    const laid = [...segments.values()].flatMap((segment) => this.#segment(segment));
    return this.#data.words([laid.length, 0, 0, 0, ...laid.flat()]);
  }

  /** One segment, or two if some of its members cannot be indexed. */
  #segment({ family, members }: Segment): readonly (readonly number[])[] {
    const plain = (among: readonly number[]) => [
      family,
      ...this.#rowList(family, among),
      0,
      0,
      0,
      0,
      0,
    ];
    const discriminator = this.#families[family]?.discriminator;
    if (discriminator === undefined || members.length < 2) return [plain(members)];
    const list = (among: readonly number[]) => this.#rowList(family, among);
    const { kind, table, rest } = emitRowLookup(discriminator, members, list, this.#data);
    const left = new Set(rest);
    const indexed = members.filter((member) => !left.has(member));
    if (indexed.length === 0) return [plain(members)];
    const cell = this.#layout.facts + discriminator.cell.address.offset;
    const onlyKnown = discriminator.onlyKnown ? 1 : 0;
    const first = [family, ...list(indexed), kind, cell, table, onlyKnown, 0];
    return rest.length === 0 ? [first] : [first, plain(rest)];
  }

  #rowList(family: number, members: readonly number[]): RowList {
    const rows = this.#families[family]?.rows ?? [];
    const from = this.#data.words(members.map((member) => rows[member] ?? 0));
    return [from, from + members.length * 4];
  }
}

function encodeScopeForm({ subjects, actions, resources }: IrScope): number {
  return (
    (subjects === undefined ? 0 : named.subject) |
    (actions === undefined ? 0 : named.action) |
    (resources === undefined ? 0 : named.resource)
  );
}

function listCombinations(scope: IrScope): readonly (readonly [number, number, number])[] {
  const any = [0];
  return (scope.subjects ?? any).flatMap((subject) =>
    (scope.actions ?? any).flatMap((action) =>
      (scope.resources ?? any).map((resource) => [subject, action, resource] as const),
    ),
  );
}
