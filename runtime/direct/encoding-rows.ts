// Turns the rows of the encoding section into data: addresses instead of cells, and the slots of the cells that
// tests read, numbered as in the tests.

import {
  type EncodedEntity,
  type EncodedMember,
  type EncodedPlace,
  type EncodedTest,
  type EncodedValue,
  type Encoding,
  type EncodingSection,
  type EntityRows,
  type MemberRow,
  type OperandRow,
  type PlaceRow,
  placeBits,
  requestLimits,
  type TestOperand,
  type TestRow,
  type ValueRow,
} from '../contract/index.ts';

export function parseEncoding(section: EncodingSection): Encoding {
  const { selectors, facts, atoms, room, context, contexts, words } = section;
  const slots = assignSlots(section.tests);
  const toPlace: PlaceOf = ([cell, bits]) => {
    const slot = slots.get(cell);
    return {
      cell: facts.address + cell,
      ...parseReading(bits),
      ...(slot === undefined ? {} : { slot }),
    };
  };
  const { bytes, stringBytes, elements } = requestLimits;
  return {
    selectors,
    facts,
    atoms,
    room: { address: room, size: bytes },
    limits: { text: stringBytes, elements },
    subject: parseEntity(section.subject, toPlace),
    action: parseEntity(section.action, toPlace),
    resource: parseEntity(section.resource, toPlace),
    context: context?.map((row) => parseMember(row, toPlace)),
    ...(contexts === undefined
      ? {}
      : {
          contexts: contexts.map((contextRows) => ({
            ...contextRows,
            members: contextRows.members.map((row) => parseMember(row, toPlace)),
          })),
        }),
    slots: slots.size,
    tests: section.tests.map((row) => parseTest(row, slots)),
    ...(section.settled ? { settled: true } : {}),
    ...(words === undefined ? {} : { words }),
  };
}

type PlaceOf = (row: PlaceRow) => EncodedPlace;
type Slots = ReadonlyMap<number, number>;

/** Assigns slots to cells. */
function assignSlots(tests: readonly TestRow[]): Slots {
  const cells = tests.flatMap(([, , ...operands]) => operands.filter(isCell));
  return new Map([...new Set(cells)].map((cell, slot) => [cell, slot]));
}

function isCell(operand: OperandRow): operand is number {
  return typeof operand === 'number';
}

function parseReading(bits: number): Pick<EncodedPlace, 'read'> {
  if (bits & placeBits.judging) return { read: 'judging' };
  return bits & placeBits.explaining ? { read: 'explaining' } : {};
}

/** No test reads an element by itself; all of them are read together. */
const locateInElement: PlaceOf = ([cell]) => ({ cell });

function parseEntity({ own, shapes }: EntityRows, placeOf: PlaceOf): EncodedEntity {
  const places = Object.entries(own).map(([name, row]) => [name, placeOf(row)] as const);
  return {
    own: Object.fromEntries(places),
    shapes: shapes.map(({ selectors, members }) => ({
      selectors,
      members: members.map((row) => parseMember(row, placeOf)),
    })),
  };
}

function parseMember(row: MemberRow, placeOf: PlaceOf): EncodedMember {
  const [name, value, cell, bits, byDefault] = row;
  return {
    name,
    ...placeOf([cell, bits]),
    ...(bits & placeBits.required ? { required: true } : {}),
    value: asValue(value, placeOf),
    ...(byDefault === undefined ? {} : { default: byDefault }),
  };
}

function asValue(row: ValueRow, placeOf: PlaceOf): EncodedValue {
  if (typeof row === 'string') return { kind: row } as EncodedValue;
  switch (row.kind) {
    case 'Record':
      return { ...row, members: row.members.map((member) => parseMember(member, placeOf)) };
    case 'Set':
    case 'List':
    case 'Map':
      return { ...row, element: asValue(row.element, locateInElement) };
    default:
      row.kind satisfies
        | ('Bool' | 'Int' | 'Decimal' | 'String' | 'Timestamp' | 'Duration')
        | ('SpiffeId' | 'Ip' | 'Cidr' | 'Enum' | 'Seconds');
      return row;
  }
}

function parseTest([bit, operator, left, right]: TestRow, slots: Slots): EncodedTest {
  const isAmong = operator === 'in' || operator === 'not in';
  return {
    bit,
    operator,
    left: parseOperand(left, slots, false),
    right: parseOperand(right, slots, isAmong),
  };
}

function parseOperand(operand: OperandRow, slots: Slots, isList: boolean): TestOperand {
  if (isCell(operand)) return { slot: slots.get(operand) ?? 0 };
  return { value: isList ? operand : operand[0] } as TestOperand;
}
