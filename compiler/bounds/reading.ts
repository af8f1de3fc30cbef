// Bounds the steps of reading a request: first along the learned shapes, then with the strict reader,
// which also notes what it reads and learns it. The steps per byte are the steps of the densest source that a
// hostile caller can write; quadratic steps, which the limits on elements bound, are counted separately.

import { requestLimits } from '@nhipol/runtime/abi';
import { encodeBytes } from '../emit/data/static-data.ts';
import { listFactShapes } from '../ir/cell-readers.ts';
import type { IrFacts, IrModule, IrShape } from '../ir/ir.ts';
import type { IrReader, IrRecord } from '../ir/records.ts';
import { nameProbes, nameSlots, notes, shapeBytes } from '../layout/layout.ts';
import { type BoundParameters, countProbeSteps } from './expressions.ts';
import { countEqualBytesSteps, dedupe } from './functions.ts';

// --- by the byte -----------------------------------------------------------------------------------

/** `1 ,1 ,` in an array that is skipped. */
const skipping = 4;
/** `"\n",`: the string is scanned, then copied without its escapes. */
const readingText = 5;
/** `1,` of another type than expected; nested sets and lists, and SPIFFE IDs. */
const reading = 9;
/** `9e9,`, whose zeros are expanded. */
const readingNumbers = 14;
/** A name with a value of one byte, except for the probes of the name. */
const naming = 4;

/** The steps by the kinds of values in use; a value that the policy does not declare can be read as well. */
function chooseReadingSteps(kinds: ReadonlySet<IrReader['kind'] | string>): number {
  const numbers = ['readInt', 'readDecimal', 'readDuration', 'readTimestampSeconds'];
  return numbers.some((name) => kinds.has(name)) ? readingNumbers : reading;
}

// --- learned shapes --------------------------------------------------------------------------------

/** A node has 40 bytes, and a literal at least 8. */
const nodes = Math.floor(shapeBytes / 48);
const literalWords = shapeBytes / 8;
/** The steps of `isSame`, except for the literal. */
const comparingNode = 12;
/** The maximum number of alternative nodes in one place. */
const maxAlternatives = 33;

/** Following the tree visits each node once. */
const following = nodes + literalWords + 8;
/**
 * Outcomes are noted for three roots; then the notes are added to the tree, and again if it is full.
 */
const learning = 3 * (2 + notes) + 2 * (nodes * comparingNode + literalWords + notes * 4) + 16;

// --- a request -------------------------------------------------------------------------------------

export function countReadingSteps(
  { facts, selectors }: IrModule,
  boundParameters: BoundParameters,
): number {
  const { bytes } = boundParameters;
  const records = collectRecords(facts);
  const kinds = new Set(
    records.flatMap(({ members }) => members.flatMap((m) => listReaderKinds(m.reader))),
  );
  const each = chooseReadingSteps(kinds);
  const names = Math.max(...[...records.map(listNames), ...selectorNames].map(countFindingSteps));
  const roots = [facts.subject, facts.action, facts.resource];
  const choices = Math.max(
    ...roots.map((shapes) => Math.min(maxAlternatives, countRecordIds(shapes) + 1)),
  );
  // First the shapes are followed, then everything is read strictly. A noted value is skipped before it
  // is read, and so are properties that precede their type. A string that chooses a record is read for
  // each branch that it can lead to.
  const byByte = each + skipping + Math.max(each + naming + names, choices * readingText);
  const choosing = Math.max(
    ...[selectors.subjects, selectors.actions, selectors.resources].map((listed) =>
      countSelectingSteps(listed, boundParameters),
    ),
  );
  return (
    40 +
    bytes * byByte +
    roots.length * (2 + choices) * choosing +
    countChoosingSteps(facts) +
    nameProbes * Math.min(nameSlots, Math.max(32, bytes)) +
    requestLimits.stringBytes / 8 +
    2 * countElementSteps(collectCollections(facts), bytes) +
    2 * countClearingSteps(facts.size) +
    countFaultingSteps(records) +
    following +
    learning
  );
}

/** `contextRecord`, at most once for the request and once for its context. */
function countChoosingSteps({ contexts }: IrFacts): number {
  return (
    2 *
    contexts.reduce(
      (all, { scope }) =>
        all +
        1 +
        [scope.subjects, scope.actions, scope.resources].flatMap((each) => each ?? []).length,
      0,
    )
  );
}

/** `clearCells`, and marking all cells as faulty. */
function countClearingSteps(size: number): number {
  return 2 + size / 16;
}

/** Roots with missing required members, and roots that are not objects. */
function countFaultingSteps(records: readonly IrRecord[]): number {
  return records.reduce(
    (all, record) => all + 2 + countMissingSteps(record) + countRefusingSteps(record),
    0,
  );
}

/**
 * `missing`: all members are visited; each missing required member is recorded, and its cells are marked
 * as faulty.
 */
function countMissingSteps({ members }: IrRecord): number {
  if (!members.some(({ required }) => required)) return 0;
  return members.reduce(
    (all, { reader, required }) =>
      all + (required ? 3 + countClearingSteps(measureReader(reader)) : 1),
    3,
  );
}

/** The steps of `faulty`. */
function countRefusingSteps({ members }: IrRecord): number {
  return members.reduce(
    (all, { reader }) => all + 1 + countClearingSteps(measureReader(reader)),
    2,
  );
}

function measureReader(reader: IrReader): number {
  return reader.kind === 'record' ? reader.record.size : 16;
}

/** The names of the request itself and of its subject, action and resource. */
const selectorNames = [
  ['subject', 'action', 'resource', 'context'],
  ['type', 'id', 'properties'],
];

/** The bytes around a name that is not written in the common form, with a value of one byte: `"" :1,`. */
const aroundName = 6;

/**
 * The steps for each byte of such a name: all members are visited twice, once by the common form of names
 * and once by their meaning (`anyMemberAt`, `memberNamed`); names of the same length are compared.
 */
function countFindingSteps(names: readonly string[]): number {
  const lengths = names.map((name) => encodeBytes(name).length);
  const each = 4 + 3 * names.length;
  return lengths.reduce((most, length) => {
    const alike = lengths.filter((other) => other === length).length;
    return Math.max(most, (each + alike * countEqualBytesSteps(length)) / (length + aroundName));
  }, each / aroundName);
}

function listNames({ members }: IrRecord): readonly string[] {
  return members.map(({ name }) => name);
}

function countRecordIds(shapes: readonly IrShape[]): number {
  return new Set(shapes.map(({ record }) => record.id)).size;
}

/** Looks up the index of a type or a name in a list, by its hash in a long list. */
function countSelectingSteps(names: readonly string[], { bytes, maxRun }: BoundParameters): number {
  const length = Math.min(bytes, requestLimits.stringBytes);
  const longest = Math.max(0, ...names.map((name) => encodeBytes(name).length));
  return 5 + countProbeSteps(length, longest, maxRun);
}

// --- sets and lists --------------------------------------------------------------------------------

interface Collection {
  readonly reader: IrReader & { readonly kind: 'collection' };
  /** The number of lists around it. */
  readonly depth: number;
}

interface Part {
  /** The bytes in the request, with the comma. */
  readonly bytes: number;
  readonly steps: number;
}

/**
 * The length with quotes and comma of a string of more than eight characters; shorter ones are compared
 * at once.
 */
const minLongText = 12;

/**
 * The steps of everything in arrays, except for the steps of each byte: as many elements as the limits
 * allow, or the number that fits of the element with the maximum number of steps per byte.
 */
function countElementSteps(collections: readonly Collection[], bytes: number): number {
  const costs = collections.map(({ reader, depth }) => {
    return { most: requestLimits.elements ** (depth + 1), parts: listElementParts(reader, bytes) };
  });
  const all = costs.reduce(
    (sum, { most, parts }) => parts.reduce((more, { steps }) => more + most * steps, sum),
    0,
  );
  const parts = costs.flatMap((cost) => cost.parts);
  const fitting = Math.max(0, ...parts.map((part) => (bytes / part.bytes) * part.steps));
  const hasTexts = collections.some(({ reader }) => reader.distinct === 'Bytes');
  return Math.min(all, fitting) + (hasTexts ? countComparingSteps(bytes) : 0);
}

/** The steps of comparing the elements of a set by their bytes, in addition to the steps of each element. */
function countComparingSteps(bytes: number): number {
  const count = Math.min(requestLimits.elements, bytes / minLongText);
  return dedupe({ count, bytes }, 'Bytes') - dedupe({ count, bytes: 0 }, 'Bytes');
}

function listElementParts(
  { distinct, element }: Collection['reader'],
  bytes: number,
): readonly Part[] {
  if (element.kind === 'record') return [...listRecordParts(element.record)];
  if (distinct === undefined) return [];
  const least = distinct === 'Bytes' ? 3 : 2;
  const count = Math.min(requestLimits.elements, bytes / least);
  return [{ bytes: least, steps: dedupe({ count, bytes: 0 }, distinct) / count }];
}

/** `1,` instead of a record, an empty record, and the same for each record in it. */
function* listRecordParts(record: IrRecord): Iterable<Part> {
  const cleared = 8 + countClearingSteps(record.size);
  yield { bytes: 2, steps: cleared + countClearingSteps(record.size) };
  yield { bytes: 3, steps: cleared + countMissingSteps(record) };
  for (const { name, record: nested } of collectNestedRecords(record)) {
    yield {
      bytes: encodeBytes(name).length + 5,
      steps: Math.max(countClearingSteps(nested.size), countMissingSteps(nested)),
    };
  }
}

function collectNestedRecords({
  members,
}: IrRecord): readonly { name: string; record: IrRecord }[] {
  return members.flatMap(({ name, reader }) =>
    reader.kind === 'record'
      ? [{ name, record: reader.record }, ...collectNestedRecords(reader.record)]
      : [],
  );
}

function collectCollections(facts: IrFacts): readonly Collection[] {
  const within = (record: IrRecord, depth: number): readonly Collection[] =>
    record.members.flatMap(({ reader }) => inReader(reader, depth));
  const inReader = (reader: IrReader, depth: number): readonly Collection[] => {
    if (reader.kind === 'record') return within(reader.record, depth);
    if (reader.kind !== 'collection') return [];
    return [{ reader, depth }, ...inReader(reader.element, depth + 1)];
  };
  return collectRootRecords(facts).flatMap((record) => within(record, 0));
}

function listReaderKinds(reader: IrReader): readonly string[] {
  switch (reader.kind) {
    case 'scalar':
    case 'ranged':
      return [reader.function];
    case 'collection':
      return listReaderKinds(reader.element);
    default:
      reader.kind satisfies 'record' | 'enum';
      return [reader.kind];
  }
}

function collectRootRecords(facts: IrFacts): readonly IrRecord[] {
  const shapes = listFactShapes(facts);
  return [...new Map(shapes.map(({ record }) => [record.id, record])).values()];
}

/** The records of the roots, and all records in them. */
function collectRecords(facts: IrFacts): readonly IrRecord[] {
  const inReader = (reader: IrReader): readonly IrRecord[] =>
    reader.kind === 'record'
      ? within(reader.record)
      : reader.kind === 'collection'
        ? inReader(reader.element)
        : [];
  const within = (record: IrRecord): readonly IrRecord[] => [
    record,
    ...record.members.flatMap(({ reader }) => inReader(reader)),
  ];
  return collectRootRecords(facts).flatMap(within);
}
