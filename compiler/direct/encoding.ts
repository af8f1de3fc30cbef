// Describes, from the IR and its plan, what a host must know to encode facts without JSON: the cell of
// each member, how a value is stored there, and the tests that the host may decide itself.

import {
  type EncodedContext,
  type EncodedEntity,
  type EncodedMember,
  type EncodedPlace,
  type EncodedValue,
  type Encoding,
  requestLimits,
} from '@nhipol/runtime/abi';
import { createCellReaders } from '../ir/cell-readers.ts';
import type { IrContext, IrModule, IrShape } from '../ir/ir.ts';
import type { IrEnum, IrMember, IrReader, IrRecord } from '../ir/records.ts';
import type { IrConst } from '../ir/values.ts';
import { countAtomPairs } from '../layout/atom-words.ts';
import type { MemoryLayout, UpperLayout } from '../layout/layout.ts';
import type { Plan } from '../plan/plan.ts';
import { type Readings, readCells } from '../plan/read-cells.ts';
import { createHostTests, type HostTests } from './host-tests.ts';

/** The atoms that a host may decide. */
export function collectHostTests({ facts }: IrModule, plan: Plan): HostTests {
  const readers = new Map(createCellReaders(facts));
  // The digest in the request is not always the one that counts.
  if (facts.digest !== undefined) readers.delete(facts.digest.offset);
  return createHostTests(plan, readers);
}

/** `words`: the numbers of a session that a host can set, or `undefined` if the module holds no sessions. */
export function describeEncoding(
  ir: IrModule,
  plan: Plan,
  tests: HostTests,
  layout: Pick<MemoryLayout, 'facts' | 'atoms'> & Pick<UpperLayout, 'input'>,
  words: Encoding['words'],
): Encoding {
  const readings = readCells(ir, plan, tests.exprs);
  const describer = new Describer(ir, tests, readings.of, layout.facts);
  const { subject, action, resource, context, contexts } = ir.facts;
  return {
    selectors: ir.selectors,
    facts: { address: layout.facts, size: ir.facts.size },
    atoms: { address: layout.atoms, pairs: countAtomPairs(plan.atoms.length) },
    room: { address: layout.input, size: requestLimits.bytes },
    limits: { text: requestLimits.stringBytes, elements: requestLimits.elements },
    subject: describer.entity('subject', ['type', 'id'], subject),
    action: describer.entity('action', ['name'], action),
    resource: describer.entity('resource', ['type', 'id'], resource),
    context: context && describer.members(context.record, layout.facts),
    ...(contexts.length === 0
      ? {}
      : { contexts: contexts.map((irContext) => describer.context(irContext, layout.facts)) }),
    slots: tests.slots.size,
    tests: tests.tests,
    ...(readings.isSettledByTests ? { settled: true } : {}),
    ...(words === undefined ? {} : { words }),
  };
}

const scalars: Readonly<Record<string, EncodedValue['kind']>> = {
  readBool: 'Bool',
  readInt: 'Int',
  readDecimal: 'Decimal',
  readString: 'String',
  readDuration: 'Duration',
  readSpiffe: 'SpiffeId',
  readIp: 'Ip',
  readCidr: 'Cidr',
  readTimestamp: 'Timestamp',
  readTimestampSeconds: 'Seconds',
};

type PlaceAt = (cell: number) => EncodedPlace;

/** A test never reads a member of an element separately, and all members of it are read together. */
const locateInElement: PlaceAt = (cell) => ({ cell });

class Describer {
  readonly #selectors: IrModule['facts']['selectors'];
  readonly #enums: ReadonlyMap<number, IrEnum>;
  readonly #tests: HostTests;
  readonly #readings: Readings['of'];
  readonly #facts: number;

  constructor(ir: IrModule, tests: HostTests, readings: Readings['of'], facts: number) {
    this.#selectors = ir.facts.selectors;
    this.#enums = new Map(ir.facts.enums.map((irEnum) => [irEnum.id, irEnum]));
    this.#tests = tests;
    this.#readings = readings;
    this.#facts = facts;
  }

  entity(root: string, own: readonly string[], shapes: readonly IrShape[]): EncodedEntity {
    const records = new Set(shapes.map(({ record }) => record));
    return {
      own: Object.fromEntries(
        own.map((name) => {
          const { offset } = this.#selectors[`${root}.${name}`] ?? { offset: 0 };
          return [name, this.#place(this.#facts + offset)];
        }),
      ),
      shapes: [...records].map((record) => ({
        selectors: shapes
          .filter((shape) => shape.record === record)
          .map(({ selector }) => selector),
        members: this.members(record, this.#facts),
      })),
    };
  }

  context({ scope, record }: IrContext, base: number): EncodedContext {
    const { subjects, actions, resources } = scope;
    return {
      ...(subjects === undefined ? {} : { subjects }),
      ...(actions === undefined ? {} : { actions }),
      ...(resources === undefined ? {} : { resources }),
      members: this.members(record, base),
    };
  }

  /** `base`: the offset of the record's own cell if it has one; 0 in an element. */
  members({ members }: IrRecord, base: number, place = this.#place): readonly EncodedMember[] {
    return members.map((member) => this.#member(member, base + member.offset, place));
  }

  #member(
    { name, reader, required, ...rest }: IrMember,
    cell: number,
    place: PlaceAt,
  ): EncodedMember {
    return {
      name,
      ...place(cell),
      ...(required ? { required } : {}),
      value: this.#value(reader, cell, place),
      ...(rest.default === undefined ? {} : encodeDefault(rest.default)),
    };
  }

  readonly #place: PlaceAt = (cell) => {
    const offset = cell - this.#facts;
    const slot = this.#tests.slots.get(offset);
    const read = this.#readings.get(offset);
    return {
      cell,
      ...(read === undefined ? {} : { read }),
      ...(slot === undefined ? {} : { slot }),
    };
  };

  #value(reader: IrReader, cell: number, place: PlaceAt): EncodedValue {
    switch (reader.kind) {
      case 'record':
        return { kind: 'Record', members: this.members(reader.record, cell, place) };
      case 'enum': {
        const { members = [], otherwise } = this.#enums.get(reader.id) ?? {};
        return { kind: 'Enum', members, ...(otherwise === undefined ? {} : { otherwise }) };
      }
      case 'collection':
        return {
          kind: reader.isMap ? 'Map' : reader.distinct === undefined ? 'List' : 'Set',
          stride: reader.stride,
          element: this.#value(reader.element, 0, locateInElement),
        };
      case 'scalar':
        return { kind: getScalarKind(reader.function) } as EncodedValue;
      case 'ranged':
        return {
          kind: getScalarKind(reader.function),
          least: `${reader.min}`,
          most: `${reader.max}`,
        } as EncodedValue;
    }
  }
}

function getScalarKind(reader: string): EncodedValue['kind'] {
  const kind = scalars[reader];
  if (kind === undefined) throw new Error(`broken invariant: ${reader} reads no value`);
  return kind;
}

/** A value of a type that no test supports has no default for the host. */
function encodeDefault({ value }: IrConst): Pick<EncodedMember, 'default'> {
  if (typeof value === 'boolean' || typeof value === 'string') return { default: value };
  if (typeof value === 'bigint') return { default: Number(value) };
  if (!Array.isArray(value)) return {};
  const elements: readonly unknown[] = value;
  return elements.every((element) => typeof element === 'string') ? { default: elements } : {};
}
