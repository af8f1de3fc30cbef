// Reads the encoding of a compiled module: how facts are encoded directly. Returns `undefined` if the module has
// none. Throws `LoadError`.

import {
  type Encoding,
  type EncodingSection,
  encodingSection,
  testOperators,
} from '../contract/index.ts';
import {
  allowAbsent,
  type Check,
  checkTuple,
  count,
  isString,
  isStringList,
  list,
  map,
  record,
} from '../module/checks.ts';
import { LoadError } from '../module/load-error.ts';
import { readSection } from '../module/sections.ts';
import { parseEncoding } from './encoding-rows.ts';

const isTrue: Check = (value) => value === true;
const isMember: Check = (value) => checkMember(value);
const members = list(isMember);

const details: Readonly<Record<string, Check>> = {
  Bool: record({}),
  String: record({}),
  Timestamp: record({}),
  SpiffeId: record({}),
  Ip: record({}),
  Cidr: record({}),
  Int: record({ least: allowAbsent(isString), most: allowAbsent(isString) }),
  Decimal: record({ least: allowAbsent(isString), most: allowAbsent(isString) }),
  Duration: record({ least: allowAbsent(isString), most: allowAbsent(isString) }),
  Seconds: record({ least: allowAbsent(isString), most: allowAbsent(isString) }),
  Enum: record({ members: isStringList, otherwise: allowAbsent(count) }),
  Record: record({ members }),
  Set: record({ stride: count, element: (element) => isValue(element) }),
  List: record({ stride: count, element: (element) => isValue(element) }),
  Map: record({ stride: count, element: (element) => isValue(element) }),
};
const isValue: Check = (value) => {
  const detailed = typeof value === 'string' ? { kind: value } : value;
  if (!record({ kind: isString })(detailed)) return false;
  const { kind } = detailed as { readonly kind: string };
  return Object.hasOwn(details, kind) && details[kind]?.(detailed) === true;
};

const isScalar: Check = (value) => ['string', 'number', 'boolean'].includes(typeof value);
const isDefault: Check = (value) => isScalar(value) || list(isScalar)(value);
const plainMember = checkTuple(isString, isValue, count, count);
const defaultedMember = checkTuple(isString, isValue, count, count, isDefault);
const checkMember: Check = (value) => plainMember(value) || defaultedMember(value);
const entity = record({
  own: map(checkTuple(count, count)),
  shapes: list(record({ selectors: list(count), members })),
});
const isOperator: Check = (value) => testOperators.some((testOperator) => testOperator === value);
const checkOperand: Check = (value) => count(value) || list(isScalar)(value);

const isShaped = record({
  selectors: record({ subjects: isStringList, actions: isStringList, resources: isStringList }),
  facts: record({ address: count, size: count }),
  atoms: record({ address: count, pairs: count }),
  room: count,
  subject: entity,
  action: entity,
  resource: entity,
  context: allowAbsent(members),
  contexts: allowAbsent(
    list(
      record({
        subjects: allowAbsent(list(count)),
        actions: allowAbsent(list(count)),
        resources: allowAbsent(list(count)),
        members,
      }),
    ),
  ),
  tests: list(checkTuple(count, isOperator, checkOperand, checkOperand)),
  settled: allowAbsent(isTrue),
  words: allowAbsent(map(checkTuple(count, count))),
});

export function readEncoding(module: WebAssembly.Module): Encoding | undefined {
  const section = readSection(module, encodingSection, 'encoding');
  if (section === undefined) return undefined;
  if (!isSection(section) || !isBounded(section)) {
    throw new LoadError("the module's encoding does not conform to the ABI");
  }
  return parseEncoding(section);
}

/**
 * A host clears the facts for each request and allocates by pairs; both limits are far above those of any real
 * policy.
 */
const limits = { factBytes: 16 * 1024 * 1024, pairs: 65_536 };
const bitsInPair = 64;

function isBounded({ facts, atoms, room, tests }: EncodingSection): boolean {
  return (
    facts.size <= limits.factBytes &&
    atoms.pairs <= limits.pairs &&
    [facts.address, atoms.address, room].every((address) => address % 4 === 0) &&
    tests.every(([bit]) => bit < atoms.pairs * bitsInPair)
  );
}

function isSection(value: unknown): value is EncodingSection {
  return isShaped(value);
}
