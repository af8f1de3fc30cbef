// What the encoding says of each member, as steps that are taken for every request: by numbers, and
// with cells counted in words of four bytes.

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
  /** Also what the module reads itself. */
  text: 0,
  number: 1,
  bool: 2,
  timestamp: 3,
  choice: 4,
  record: 5,
  collection: 6,
} as const;

export interface Step {
  readonly name: string;
  /** Where in the code the member is looked up. */
  readonly site: number;
  readonly op: (typeof op)[keyof typeof op];
  readonly required: boolean;
  /** In words, from the start of memory or of an element; -1: it is not written. */
  readonly cell: number;
  /** -1: no test looks at it. */
  readonly slot: number;
  /** Of a text or a collection. */
  readonly mark: number;
  /** The module holds so many times the number. */
  readonly scale: number;
  readonly default: unknown;
  /** What is further from 0 goes the long way. As the module holds it, like the next. */
  readonly exact: number;
  /** What lies outside is unknown. */
  readonly least: number;
  readonly most: number;
  readonly places: ReadonlyMap<string, number>;
  /** Of an enum; -1: there is no member for any other. */
  readonly otherwise: number;
  readonly members: readonly Step[];
  /** In words. */
  readonly stride: number;
  /** Of JSON, at most, without texts. */
  readonly elementBytes: number;
  /** It must be known for its collection to be. */
  readonly isElement: boolean;
  readonly element: Step | undefined;
  readonly isSet: boolean;
  /** A host that says the instant need not have it. */
  readonly isTime: boolean;
  /** Of a timestamp: the module reads any text that is not of the usual form. */
  readonly takesText: boolean;
}

type IsWritten = (place: EncodedPlace) => boolean;

export function stepsOf(
  members: readonly EncodedMember[],
  isWritten: IsWritten,
  isContext = false,
): readonly Step[] {
  return members.map((member) => ({
    ...memberStep(member, isWritten),
    isTime: isContext && member.name === 'time',
  }));
}

function memberStep(member: EncodedMember, isWritten: IsWritten): Step {
  const { name, value, cell, slot = -1, required = false } = member;
  // What only the module can tell to be valid is written in any case.
  const at = isWritten(member) || isRead(value) ? cell : undefined;
  return {
    ...stepOf(value, at, isWritten),
    name: asKey(name),
    site: takeSite(),
    required,
    slot,
    default: member.default,
    takesText: value.kind === 'Timestamp' && at !== undefined && slot < 0,
  };
}

/** By selector the place of the shape that a request is of, or -1: any object will do. */
export function shapeBySelector(
  { shapes }: EncodedEntity,
  names: readonly string[],
): readonly number[] {
  const bySelector = new Map<number, number>();
  for (const [shape, { selectors }] of shapes.entries()) {
    for (const each of selectors) if (!bySelector.has(each)) bySelector.set(each, shape);
  }
  const others = bySelector.get(0) ?? -1;
  return [others, ...names.map((_, at) => bySelector.get(at + 1) ?? others)];
}

/** The most characters of a text: UTF-8 takes at most three bytes for one of UTF-16. */
export function longestText({ limits }: Encoding): number {
  return Math.floor(limits.text / 3);
}

/** The entity's own strings are steps like any other. */
export function ownStep(place: EncodedPlace, isWritten: IsWritten): Step {
  const cell = isWritten(place) ? place.cell / 4 : -1;
  return { ...plain(op.text, cell), required: true, slot: place.slot ?? -1 };
}

/** V8 finds a member faster by a key than by an equal text of more than ten characters out of JSON. */
function asKey(name: string): string {
  const [key = name] = Object.keys({ [name]: 0 });
  return key;
}

let sites = 0;

/** As long as there are some, a member has its own: the engine then knows what it finds there. */
function takeSite(): number {
  sites += 1;
  return (sites - 1) % siteCount;
}

const ops: Readonly<Record<EncodedValue['kind'], Step['op']>> = {
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
};

const scales: Partial<Record<EncodedValue['kind'], number>> = {
  Decimal: 1_000_000,
  Duration: 1_000,
  Seconds: 1_000,
};
/** Of fifteen digits the shortest decimal of a double is the one that was meant (IEEE 754). */
const mostExact = 999_999_999_999_999;
/** Of the years 0 to 9999. */
const instants = { least: -62_167_219_200_000, most: 253_402_300_799_999 };

function boundsOf(value: EncodedValue): Pick<Step, 'exact' | 'least' | 'most'> {
  switch (value.kind) {
    case 'Int':
    case 'Decimal':
    case 'Duration': {
      const exact = value.kind === 'Int' ? Number.MAX_SAFE_INTEGER : mostExact;
      return { exact, least: Number(value.least ?? -exact), most: Number(value.most ?? exact) };
    }
    case 'Seconds':
    case 'Timestamp':
      return { exact: mostExact, ...instants };
    default:
      return { exact: Number.MAX_SAFE_INTEGER, least: 0, most: Number.MAX_SAFE_INTEGER };
  }
}

function stepOf(value: EncodedValue, cell: number | undefined, isWritten: IsWritten): Step {
  const step = {
    ...plain(ops[value.kind], cell === undefined ? -1 : cell / 4),
    ...boundsOf(value),
    mark: isUnread(value) ? cellMarks.unread : cellMarks.known,
    scale: scales[value.kind] ?? 1,
  };
  switch (value.kind) {
    case 'Enum':
      return {
        ...step,
        places: new Map(value.members.map((name, at) => [name, at])),
        otherwise: value.otherwise ?? -1,
      };
    case 'Record':
      return { ...step, members: stepsOf(value.members, isWritten) };
    case 'Set':
    case 'List': {
      // All of its elements, or nothing.
      const within = () => cell !== undefined;
      const element = {
        ...stepOf(value.element, cell === undefined ? undefined : 0, within),
        takesText: value.element.kind === 'Timestamp',
        isElement: true,
      };
      const mark = isSettled(value.element) ? cellMarks.unread : cellMarks.known;
      const elementBytes = bytesOf(value.element);
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
      return step;
  }
}

/** As text, by the module. */
function isUnread({ kind }: EncodedValue): boolean {
  return kind === 'SpiffeId' || kind === 'Ip' || kind === 'Cidr';
}

/** Texts that the module reads are in it, or may be. */
function isRead(value: EncodedValue): boolean {
  if (value.kind === 'Set' || value.kind === 'List') return isRead(value.element);
  if (value.kind === 'Record') return value.members.some((member) => isRead(member.value));
  return isUnread(value) || value.kind === 'Timestamp';
}

/** The module has something to do in each element of it. */
function isSettled(value: EncodedValue): boolean {
  if (value.kind === 'Set' || value.kind === 'List') return true;
  if (value.kind !== 'Record') return isRead(value);
  return value.members.some((each) => each.default !== undefined || isSettled(each.value));
}

/** A character takes at most six bytes of JSON, as an escape. */
export const bytesOfCharacter = 6;
/** A number with its comma, or a word, or what is around a text. */
const bytesOfScalar = 32;
/** `subject`, `properties` and all the names of AuthZEN. */
const bytesOfFrame = 512;

/** How many bytes of JSON it takes at most, without its texts and the elements of collections. */
function bytesOf(value: EncodedValue): number {
  return value.kind === 'Record' ? bytesOfMembers(value.members) : bytesOfScalar;
}

function bytesOfMembers(members: readonly EncodedMember[]): number {
  return members.reduce(
    (all, { name, value }) => all + name.length * bytesOfCharacter + bytesOfScalar + bytesOf(value),
    bytesOfScalar,
  );
}

/** The same of a whole request, of whatever types it is. */
export function frameBytes({ subject, action, resource, context }: Encoding): number {
  const shapes = [subject, action, resource].map((entity) =>
    Math.max(0, ...entity.shapes.map(({ members }) => bytesOfMembers(members))),
  );
  const ofContext = bytesOfMembers(context ?? []);
  return shapes.reduce((all, bytes) => all + bytes, ofContext + bytesOfFrame);
}

function plain(kind: Step['op'], cell: number): Step {
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
