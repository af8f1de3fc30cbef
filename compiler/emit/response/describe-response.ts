// Describes the responses of a policy as tables for the assembly library (policy/response/tables.ts): its reasons with
// messages and obligations, its constraints, what rules read, and the texts of errors. Also computes the memory that
// writing a response takes.

import {
  accessRequestType,
  decisionErrorTexts,
  type ErrorTexts,
  effects,
  fillText,
  foundNames,
  hostTexts,
  requestErrorTexts,
  sessionErrorTexts,
  tableErrors,
  tableErrorTexts,
} from '@nhipol/runtime/abi';
import type { DescribedReason, Description, TypeDescription } from '../../ir/description.ts';
import type { IrExpr } from '../../ir/expressions.ts';
import type { IrModule, IrReason } from '../../ir/ir.ts';
import type { MemoryLayout } from '../../layout/layout.ts';
import type { ResponseRoom } from '../../layout/response-room.ts';
import type { Constants } from '../data/constants.ts';
import { describeReads } from './reads.ts';
import { ResponseData } from './response-data.ts';
import { computeResponseRoom } from './room.ts';
import { effectTexts, escapeJsonText, heads, responseTexts } from './texts.ts';

export interface DescribedResponse {
  readonly constants: Constants;
  readonly bytes: Uint8Array;
  readonly room: ResponseRoom;
}

/** A value of a constraint or an offer, by name. */
interface Named {
  readonly name: string;
  readonly cell: number;
  readonly type: TypeDescription;
}

/** The kinds of values, by their numbers in response-values.ts of the assembly library. */
const kinds = {
  Bool: 0,
  Int: 1,
  Decimal: 2,
  String: 3,
  SpiffeId: 3,
  Timestamp: 4,
  Duration: 5,
  Ip: 6,
  Cidr: 6,
  Enum: 7,
};
const setKind = 16;
const traits = { values: 1, varyingDemands: 2, varyingLimits: 4, bits: 3 };
/** The byte of a step that stands for an array index. */
const indexByte = '\u0001';
const cellBytes = 16;

/** `base`: the address of the data; `hasSessions`: whether the module holds sessions. */
export function describeResponse(
  ir: IrModule,
  description: Description,
  layout: Pick<MemoryLayout, 'constraints' | 'offers' | 'placeholders' | 'properties'>,
  base: number,
  hasSessions: boolean,
): DescribedResponse {
  const data = new ResponseData(base);
  const { fragment, words, list } = data;
  // Offset 0 of a table means none.
  words([0]);
  const reads = describeReads(description, data);
  const values = new Values(data);
  const findFile = ({ source: [file] }: DescribedReason) => description.files[file] ?? '';
  const order = [...description.reasons.keys()].sort((a, b) =>
    compareReasons(
      description.reasons[a] as DescribedReason,
      description.reasons[b] as DescribedReason,
      findFile,
    ),
  );
  const limits = listVaryingLimits(ir);

  const buildReasonRow = (index: number): readonly number[] => {
    const reason = description.reasons[index] as DescribedReason;
    const { properties } = ir.reasons[index] as IrReason;
    const describedDemands = reason.demands?.obligations ?? [];
    const demands = describedDemands.map((demand) => {
      const { name, type } = description.obligations?.[demand.obligation] ?? { name: '', type: '' };
      const isRequest = type === accessRequestType;
      const locateProperty = (property: number) => layout.properties + property * cellBytes;
      const members = Object.entries(demand.properties).sort(([a], [b]) => (a < b ? -1 : 1));
      const row = [
        fragment(`","type":${JSON.stringify(type)},"properties":{`),
        isRequest
          ? fragment(`","access_request_name":${JSON.stringify(name)}`)
          : fragment(`},"name":${JSON.stringify(name)},"reasons":[`),
        list(
          members.map(([member, property]) =>
            values.row(
              `${JSON.stringify(member)}:`,
              locateProperty(property),
              description.properties?.[property],
            ),
          ),
        ),
        isRequest ? locateProperty(demand.properties.expires_in ?? 0) : 0,
      ];
      return { row, isRequest };
    });
    const hasValues = (reason.message ?? []).some((part) => typeof part === 'number');
    const isVarying =
      demands.some(({ isRequest }) => isRequest) || properties.some(({ value }) => !isConst(value));
    const effect = reason.demands === undefined ? 0 : 1 + effects.indexOf(reason.demands.effect);
    const unknown = (reason.unknown ?? [])
      .map((read, bit) => ({ bit, path: description.reads[read] ?? '' }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    return [
      fragment(JSON.stringify(reason.id)),
      reason.message === undefined ? 0 : list(listMessageRows(reason.message)),
      fragment(`,"source":{"file":${JSON.stringify(findFile(reason))},"line":`),
      reason.source[1],
      reason.source[2],
      unknown.length === 0
        ? 0
        : list(unknown.map(({ bit, path }) => [bit, fragment(JSON.stringify(path))])),
      demands.length === 0 ? 0 : list(demands.map(({ row }) => row)),
      (hasValues ? traits.values : 0) |
        (isVarying ? traits.varyingDemands : 0) |
        (limits.has(index) ? traits.varyingLimits : 0) |
        (effect << traits.bits),
    ];
  };

  /** Each part is a text and the value after it. */
  const listMessageRows = (
    message: readonly (string | number)[],
  ): readonly (readonly number[])[] => {
    const rows: (readonly number[])[] = [];
    let before = '';
    for (const part of message) {
      if (typeof part === 'string') {
        before += part;
        continue;
      }
      const cell = layout.placeholders + part * cellBytes;
      rows.push(values.row(escapeJsonText(before), cell, description.placeholders[part]));
      before = '';
    }
    return before === '' ? rows : [...rows, [fragment(escapeJsonText(before)), 0, 0, 0]];
  };

  const ranks = new Array<number>(order.length).fill(0);
  for (const [rank, index] of order.entries()) ranks[index] = rank;
  const constraints = description.constraints
    .map(({ name, type }, index) => ({ name, type, cell: layout.constraints + index * cellBytes }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const offers = description.offers
    .map(({ name, type }, index) => ({ name, type, cell: layout.offers + index * cellBytes }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const storeValues = (entries: readonly Named[]) =>
    entries.length === 0
      ? 0
      : list(
          entries.map(({ name, cell, type }) => values.row(`${JSON.stringify(name)}:`, cell, type)),
        );
  const { subjects, actions, resources } = description.selectors;
  const places = (subjects.length + 1) * (actions.length + 1) * (resources.length + 1);
  const codes = collectErrorTexts(description, hasSessions);
  const lastCode = Math.max(...codes.keys());
  const optional = (text: string) => (text === '' ? 0 : fragment(text));
  const storeNameList = (names: readonly string[]) => words([names.length, ...names.map(fragment)]);
  const tableRow = ({ keys, value }: Description['tables'][0]) => {
    const [first = 0, second = 0] = keys.map(({ expected }) =>
      fragment(escapeJsonText(fillText(hostTexts.keyThatIs, expected))),
    );
    const expected = fragment(escapeJsonText(value.expected));
    return [
      first,
      second,
      expected,
      value.element === undefined ? expected : fragment(escapeJsonText(value.element)),
    ];
  };
  const rows = order.map(buildReasonRow);
  const constants: Constants = {
    ...reads.constants,
    REASON_ROWS: ['usize', words(rows.flat())],
    RANKS: ['usize', words(ranks)],
    ALL_TRAITS: ['u32', rows.reduce((all, row) => all | (row.at(-1) ?? 0), 0)],
    RANK_WORDS: ['i32', Math.ceil(ranks.length / 64)],
    CONSTRAINT_VALUES: ['usize', storeValues(constraints)],
    OFFER_VALUES: ['usize', storeValues(offers)],
    HAS_DEMANDS: ['bool', description.reasons.some(({ demands }) => demands !== undefined)],
    PATH_ROWS: [
      'usize',
      words(
        description.paths.flatMap(([before, step, expected]) => [
          before,
          fragment(withIndexes(step)),
          fragment(escapeJsonText(description.expected[expected] ?? '')),
        ]),
      ),
    ],
    CODE_ROWS: [
      'usize',
      words(
        Array.from({ length: lastCode + 1 }, (_, code) => {
          const [name, expected, found] = codes.get(code) ?? ['', '', ''];
          return [
            optional(escapeJsonText(name)),
            optional(escapeJsonText(expected)),
            optional(escapeJsonText(found)),
          ];
        }).flat(),
      ),
    ],
    TABLE_NAMES: ['usize', storeNameList(description.tables.map(({ name }) => name))],
    TABLE_TEXTS: ['usize', words(description.tables.flatMap(tableRow))],
    SIGNAL_NAMES: ['usize', hasSessions ? storeNameList(description.signals) : 0],
    FOUND_TEXTS: ['usize', words(foundNames.map((name) => fragment(escapeJsonText(name))))],
    HEADS: ['usize', words(heads.map(fragment))],
    EFFECT_TEXTS: ['usize', words(effectTexts.map(fragment))],
    SUBJECT_PLACES: ['i32', subjects.length + 1],
    ACTION_PLACES: ['i32', actions.length + 1],
    PLACES: ['u64', places],
    REASON_BASE: ['u64', ranks.length + 1],
    KEYED_REASONS: ['i32', countKeyedReasons(ranks.length, places)],
    ...Object.fromEntries(
      Object.entries(responseTexts).map(([name, text]) => [
        name,
        ['usize', fragment(text)] as const,
      ]),
    ),
  };
  return { constants, bytes: data.bytes, room: computeResponseRoom(ir, description, reads.paths) };
}

/** The texts of the errors that calls of the module can have, by number. */
function collectErrorTexts(
  { tables }: Description,
  hasSessions: boolean,
): ReadonlyMap<number, ErrorTexts> {
  const names = tables.map(({ name }) => name).join(', ');
  const { number } = tableErrors.unknown_table;
  return new Map([
    ...requestErrorTexts,
    ...decisionErrorTexts,
    ...(hasSessions ? sessionErrorTexts : []),
    ...(tables.length === 0
      ? []
      : [...tableErrorTexts].map(([code, [name, expected, found]]): [number, ErrorTexts] => [
          code,
          [name, code === number ? fillText(expected, names) : expected, found],
        ])),
  ]);
}

/** The rows of values. */
class Values {
  readonly #data: ResponseData;

  constructor(data: ResponseData) {
    this.#data = data;
  }

  row(before: string, cell: number, type: TypeDescription | undefined): readonly number[] {
    if (type === undefined) throw new Error('broken invariant: a value without a type');
    return [this.#data.fragment(before), cell, ...this.#describeKind(type)];
  }

  #describeKind(type: TypeDescription): readonly [kind: number, members: number] {
    if (type.kind === 'Set') {
      const [kind, members] = this.#describeKind(type.element);
      return [kind | setKind, members];
    }
    const { fragment, words } = this.#data;
    const kind = kinds[type.kind];
    if (type.kind === 'Enum')
      return [kind, words(type.members.map((name) => fragment(escapeJsonText(name))))];
    return [kind, type.kind === 'Bool' ? words(['false', 'true'].map(fragment)) : 0];
  }
}

/** The reasons that narrow to values that are not constant. */
function listVaryingLimits(ir: IrModule): ReadonlySet<number> {
  const rules = ir.rules.filter(
    ({ narrowing }) => narrowing?.settings.some(({ value }) => !isConst(value)) ?? false,
  );
  const scores = ir.scores.filter(({ bands }) =>
    bands.some(({ narrowing }) => narrowing !== undefined),
  );
  return new Set([
    ...rules.map(({ reason }) => reason),
    ...scores.flatMap(({ conditions }) => conditions.map(({ reason }) => reason)),
  ]);
}

function isConst({ kind }: IrExpr): boolean {
  return kind === 'const';
}

/** The maximum number of reasons of an answer whose key fits in 64 bits. */
function countKeyedReasons(reasons: number, places: number): number {
  const kindCount = 6n;
  const base = BigInt(reasons) + 1n;
  let count = 0;
  for (let keys = base; (keys * BigInt(places) + 1n) * kindCount < 1n << 64n; keys *= base) {
    count += 1;
    if (count > reasons) break;
  }
  return Math.min(count, reasons);
}

/** A step of a path as JSON, with a byte for each array index. */
function withIndexes(step: string): string {
  const marked = step.replace(/"(?:[^"\\]|\\.)*"|\[\]/g, (part) =>
    part === '[]' ? indexByte : part,
  );
  return marked.split(indexByte).map(escapeJsonText).join(indexByte);
}

function compareReasons(
  a: DescribedReason,
  b: DescribedReason,
  resolveFile: (reason: DescribedReason) => string,
): number {
  return (
    compare(a.id, b.id) ||
    compare(resolveFile(a), resolveFile(b)) ||
    a.source[1] - b.source[1] ||
    a.source[2] - b.source[2]
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
