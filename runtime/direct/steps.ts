// The steps that encode a request: what the encoding states of each member, as numbers, with cells counted in
// words of four bytes.

import {
  cellMarks,
  type EncodedEntity,
  type EncodedMember,
  type EncodedPlace,
  type EncodedValue,
  type Encoding,
} from '../contract/index.ts';
import { siteCount } from './member-sites.generated.ts';

export const op = {
  /** Also for what the module itself reads. */
  text: 0,
  number: 1,
  bool: 2,
  timestamp: 3,
  choice: 4,
  record: 5,
  collection: 6,
  map: 7,
} as const;

export interface WriteStep {
  readonly name: string;
  /** The place in the code where the member is looked up. */
  readonly site: number;
  readonly op: (typeof op)[keyof typeof op];
  readonly required: boolean;
  /** In words, from the start of memory or of an element; -1: not written. */
  readonly cell: number;
  /** -1: no test reads it. */
  readonly slot: number;
  /** The mark of a string or a collection. */
  readonly mark: number;
  /** The factor between the number and the module's value. */
  readonly scale: number;
  readonly default: unknown;
  /** A number further from 0 must be encoded as JSON. In the module's unit, like the next. */
  readonly exact: number;
  /** A value outside of the range is unknown. */
  readonly least: number;
  readonly most: number;
  readonly places: ReadonlyMap<string, number>;
  /** The place for any other string; -1: the enum has no such member. */
  readonly otherwise: number;
  readonly members: readonly WriteStep[];
  /** In words. */
  readonly stride: number;
  /** The maximum length as JSON, without strings. */
  readonly elementBytes: number;
  /** The collection is known only if this is. */
  readonly isElement: boolean;
  readonly element: WriteStep | undefined;
  readonly isSet: boolean;
  /** May be missing if the host provides the instant. */
  readonly isTime: boolean;
  /** The module reads every timestamp string that is not in the common form. */
  readonly takesText: boolean;
}

type IsWritten = (place: EncodedPlace) => boolean;

export function createWriteSteps(
  members: readonly EncodedMember[],
  isWritten: IsWritten,
  isContext = false,
): readonly WriteStep[] {
  return members.map((member) => ({
    ...createMemberStep(member, isWritten),
    isTime: isContext && member.name === 'time',
  }));
}

function createMemberStep(member: EncodedMember, isWritten: IsWritten): WriteStep {
  const { name, value, cell, slot = -1, required = false } = member;
  // A value that only the module can validate is always written.
  const at = isWritten(member) || isRead(value) ? cell : undefined;
  return {
    ...createStep(value, at, isWritten),
    name: asKey(name),
    site: takeSite(),
    required,
    slot,
    default: member.default,
    takesText: value.kind === 'Timestamp' && at !== undefined && slot < 0,
  };
}

/** The index of the shape of a request by selector, or -1: any object is accepted. */
export function shapeBySelector(
  { shapes }: EncodedEntity,
  names: readonly string[],
): readonly number[] {
  const bySelector = new Map<number, number>();
  for (const [shape, { selectors }] of shapes.entries()) {
    for (const selector of selectors)
      if (!bySelector.has(selector)) bySelector.set(selector, shape);
  }
  const others = bySelector.get(0) ?? -1;
  return [others, ...names.map((_, index) => bySelector.get(index + 1) ?? others)];
}

/** The maximum length of a string in UTF-16 code units: UTF-8 needs at most three bytes for each. */
export function getMaxStringLength({ limits }: Encoding): number {
  return Math.floor(limits.text / 3);
}

/** The entity's own strings are encoded like any other member. */
export function createSelectorStep(place: EncodedPlace, isWritten: IsWritten): WriteStep {
  const cell = isWritten(place) ? place.cell / 4 : -1;
  return { ...createPlainStep(op.text, cell), required: true, slot: place.slot ?? -1 };
}

/** V8 finds a member faster by an interned key than by an equal string of more than ten characters from JSON. */
function asKey(name: string): string {
  const [key = name] = Object.keys({ [name]: 0 });
  return key;
}

let sites = 0;

/** While there are unused sites, a member has its own, so that the engine specializes it for one shape. */
function takeSite(): number {
  sites += 1;
  return (sites - 1) % siteCount;
}

const ops: Readonly<Record<EncodedValue['kind'], WriteStep['op']>> = {
  String: op.text,
  SpiffeId: op.text,
  Ip: op.text,
  Cidr: op.text,
  Int: op.number,
  Decimal: op.number,
  Duration: op.number,
  Seconds: op.number,
  Bool: op.bool,
  Timestamp: op.timestamp,
  Enum: op.choice,
  Record: op.record,
  Set: op.collection,
  List: op.collection,
  Map: op.map,
};

const scales: Partial<Record<EncodedValue['kind'], number>> = {
  Decimal: 1_000_000,
  Duration: 1_000,
  Seconds: 1_000,
};
/** Up to fifteen digits, the shortest decimal form of a double is the number that was written (IEEE 754). */
const maxExact = 999_999_999_999_999;
/** The years 0 to 9999. */
const instants = { least: -62_167_219_200_000, most: 253_402_300_799_999 };

function findBounds(value: EncodedValue): Pick<WriteStep, 'exact' | 'least' | 'most'> {
  switch (value.kind) {
    case 'Int':
    case 'Decimal':
    case 'Duration': {
      const exact = value.kind === 'Int' ? Number.MAX_SAFE_INTEGER : maxExact;
      return { exact, least: Number(value.least ?? -exact), most: Number(value.most ?? exact) };
    }
    case 'Seconds':
    case 'Timestamp':
      return { exact: maxExact, ...instants };
    default:
      value.kind satisfies
        | ('Set' | 'Bool' | 'String' | 'SpiffeId' | 'Ip' | 'Cidr' | 'Enum' | 'Record')
        | ('List' | 'Map');
      return { exact: Number.MAX_SAFE_INTEGER, least: 0, most: Number.MAX_SAFE_INTEGER };
  }
}

function createStep(
  value: EncodedValue,
  cell: number | undefined,
  isWritten: IsWritten,
): WriteStep {
  const step = {
    ...createPlainStep(ops[value.kind], cell === undefined ? -1 : cell / 4),
    ...findBounds(value),
    mark: isUnread(value) ? cellMarks.unread : cellMarks.known,
    scale: scales[value.kind] ?? 1,
  };
  switch (value.kind) {
    case 'Enum':
      return {
        ...step,
        places: new Map(value.members.map((name, index) => [name, index])),
        otherwise: value.otherwise ?? -1,
      };
    case 'Record':
      return { ...step, members: createWriteSteps(value.members, isWritten) };
    case 'Set':
    case 'List':
    case 'Map': {
      // All of its elements, or none.
      const within = () => cell !== undefined;
      const element = {
        ...createStep(value.element, cell === undefined ? undefined : 0, within),
        takesText: value.element.kind === 'Timestamp',
        isElement: true,
      };
      const mark = isSettled(value.element) ? cellMarks.unread : cellMarks.known;
      const elementBytes = countBytes(value.element);
      return {
        ...step,
        element,
        elementBytes,
        mark,
        stride: value.stride / 4,
        isSet: value.kind === 'Set',
      };
    }
    default:
      value.kind satisfies
        | ('Bool' | 'Int' | 'Decimal' | 'String' | 'Timestamp' | 'Duration')
        | ('SpiffeId' | 'Ip' | 'Cidr' | 'Seconds');
      return step;
  }
}

function isCollection(
  value: EncodedValue,
): value is EncodedValue & { readonly kind: 'Set' | 'List' | 'Map' } {
  return value.kind === 'Set' || value.kind === 'List' || value.kind === 'Map';
}

/** The module reads it from a string. */
function isUnread({ kind }: EncodedValue): boolean {
  return kind === 'SpiffeId' || kind === 'Ip' || kind === 'Cidr';
}

/** It contains, or may contain, strings that the module reads. */
function isRead(value: EncodedValue): boolean {
  if (isCollection(value)) return isRead(value.element);
  if (value.kind === 'Record') return value.members.some((member) => isRead(member.value));
  return isUnread(value) || value.kind === 'Timestamp';
}

/** The module processes each of its elements. */
function isSettled(value: EncodedValue): boolean {
  if (isCollection(value)) return true;
  if (value.kind !== 'Record') return isRead(value);
  return value.members.some((member) => member.default !== undefined || isSettled(member.value));
}

/** A character takes at most six bytes of JSON, as an escape. */
export const bytesOfCharacter = 6;
/** A number with its comma, a literal, or the syntax around a string. */
const bytesOfScalar = 32;
/** `subject`, `properties` and all other names of AuthZEN. */
const bytesOfFrame = 512;

/** The maximum length as JSON in bytes, without strings and the elements of collections. */
function countBytes(value: EncodedValue): number {
  return value.kind === 'Record' ? bytesOfMembers(value.members) : bytesOfScalar;
}

function bytesOfMembers(members: readonly EncodedMember[]): number {
  return members.reduce(
    (all, { name, value }) =>
      all + name.length * bytesOfCharacter + bytesOfScalar + countBytes(value),
    bytesOfScalar,
  );
}

/** The same for a whole request of any type. */
export function countFrameBytes({ subject, action, resource, context }: Encoding): number {
  const shapes = [subject, action, resource].map((entity) =>
    Math.max(0, ...entity.shapes.map(({ members }) => bytesOfMembers(members))),
  );
  const ofContext = bytesOfMembers(context ?? []);
  return shapes.reduce((all, bytes) => all + bytes, ofContext + bytesOfFrame);
}

function createPlainStep(kind: WriteStep['op'], cell: number): WriteStep {
  return {
    name: '',
    site: 0,
    op: kind,
    required: false,
    cell,
    slot: -1,
    mark: cellMarks.known,
    scale: 1,
    default: undefined,
    exact: Number.MAX_SAFE_INTEGER,
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    places: new Map(),
    otherwise: -1,
    members: [],
    stride: 4,
    elementBytes: 0,
    isElement: false,
    element: undefined,
    isSet: false,
    isTime: false,
    takesText: false,
  };
}
