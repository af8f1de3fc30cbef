// The encoding out of a compiled module: how facts are handed over. undefined: the module takes none, or
// in a way that only a later version knows. Throws `LoadError`.

import { type Encoding, encodingSection, testOperators } from './abi.ts';
import { type Check, count, list, map, optional, record, text, texts } from './checks.ts';
import { LoadError } from './load-error.ts';
import { readSection } from './sections.ts';

const isTrue: Check = (value) => value === true;

const place = {
  cell: count,
  read: optional((read) => read === 'judging' || read === 'explaining'),
  slot: optional(count),
};
const isMember: Check = (value) => member(value);
const members = list(isMember);

const details: Readonly<Record<string, Check>> = {
  Bool: record({}),
  String: record({}),
  Timestamp: record({}),
  SpiffeId: record({}),
  Ip: record({}),
  Cidr: record({}),
  Int: record({ least: optional(text), most: optional(text) }),
  Decimal: record({ least: optional(text), most: optional(text) }),
  Duration: record({ least: optional(text), most: optional(text) }),
  Seconds: record({ least: optional(text), most: optional(text) }),
  Enum: record({ members: texts, otherwise: optional(count) }),
  Record: record({ members }),
  Set: record({ stride: count, element: (element) => isValue(element) }),
  List: record({ stride: count, element: (element) => isValue(element) }),
};
const isValue: Check = (value) => {
  if (!record({ kind: text })(value)) return false;
  const { kind } = value as { readonly kind: string };
  return Object.hasOwn(details, kind) && details[kind]?.(value) === true;
};
const member = record({ name: text, ...place, required: optional(isTrue), value: isValue });
const entity = record({
  own: map(record(place)),
  shapes: list(record({ selectors: list(count), members })),
});

const isScalar: Check = (value) => ['string', 'number', 'boolean'].includes(typeof value);
const isConstant: Check = (value) => isScalar(value) || list(isScalar)(value);
const operand: Check = (value) =>
  record({ slot: count })(value) || record({ value: isConstant })(value);

const isShaped = record({
  facts: record({ address: count, size: count }),
  atoms: record({ address: count, pairs: count }),
  room: record({ address: count, size: count }),
  limits: record({ text: count, elements: count }),
  subject: entity,
  action: entity,
  resource: entity,
  context: optional(members),
  slots: count,
  tests: list(
    record({
      bit: count,
      operator: (operator) => testOperators.some((each) => each === operator),
      left: operand,
      right: operand,
    }),
  ),
  settled: optional(isTrue),
});

export function readEncoding(module: WebAssembly.Module): Encoding | undefined {
  const encoding = readSection(module, encodingSection, 'encoding');
  if (encoding === undefined) return undefined;
  if (!isEncoding(encoding)) throw new LoadError("the module's encoding is not as its ABI says");
  return encoding;
}

function isEncoding(value: unknown): value is Encoding {
  return isShaped(value);
}
