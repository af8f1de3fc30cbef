// Values, types and durations in words.

import { pluralize } from '@nhipol/language/support';
import {
  type EnumType,
  type Range,
  type RecordType,
  type ScalarType,
  showRange,
  showValue,
  type Type,
  type Value,
} from '@nhipol/language/types';
import { createInlineCode, joinAsList, type Phrase, say } from '../pages/phrase.ts';

const units = [
  ['day', 86_400_000n],
  ['hour', 3_600_000n],
  ['minute', 60_000n],
  ['second', 1_000n],
] as const;

/** Returns words such as `5 minutes` or `1 hour and 30 minutes`. */
export function describeDuration(milliseconds: bigint): string {
  const sign = milliseconds < 0n ? 'minus ' : '';
  let left = milliseconds < 0n ? -milliseconds : milliseconds;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    if (left >= size) parts.push(pluralize(Number(left / size), unit));
    left %= size;
  }
  if (left > 0n || parts.length === 0) parts.push(pluralize(Number(left), 'millisecond'));
  return sign + (joinAsList(parts) as readonly string[]).join('');
}

/** Returns a value for use in a sentence. */
export function describeTypedValue(type: Type, value: Value): Phrase {
  if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
    const elements = value as readonly Value[];
    if (elements.length === 0) return [type.kind === 'Set' ? 'the empty set' : 'the empty list'];
    return joinAsList(elements.map((element) => describeTypedValue(type.element, element)));
  }
  if (type.kind === 'Duration') return [describeDuration(value as bigint)];
  if (type.kind === 'String') return [createInlineCode(JSON.stringify(value))];
  if (type.kind === 'Int' || type.kind === 'Decimal') return [showValue(type, value)];
  const shown = showValue(type, value);
  return [createInlineCode(type.kind === 'Timestamp' ? shown.replace('.000Z', 'Z') : shown)];
}

const scalars: Readonly<Record<ScalarType['kind'], string>> = {
  Bool: 'true or false',
  Int: 'a whole number',
  Decimal: 'a decimal number',
  String: 'a string',
  Timestamp: 'an instant',
  Duration: 'a duration',
  SpiffeId: 'a SPIFFE ID',
  Ip: 'an IP address',
  Cidr: 'a network',
};

const plurals: Readonly<Record<keyof typeof scalars, string>> = {
  Bool: 'truth values',
  Int: 'whole numbers',
  Decimal: 'decimal numbers',
  String: 'strings',
  Timestamp: 'instants',
  Duration: 'durations',
  SpiffeId: 'SPIFFE IDs',
  Ip: 'IP addresses',
  Cidr: 'networks',
};

export function typeWords(type: Type): Phrase {
  switch (type.kind) {
    case 'Enum':
      return say`one of ${createInlineCode(type.name)}`;
    case 'Record':
      return type.name === undefined ? ['a record'] : say`a record ${createInlineCode(type.name)}`;
    case 'Set':
      return say`a set of ${describeElement(type.element)}`;
    case 'List':
      return say`a list of ${describeElement(type.element)}`;
    case 'Map':
      return say`a map from strings to ${describeElement(type.value)}`;
    default: {
      type.kind satisfies
        | ('Bool' | 'Int' | 'Decimal' | 'String' | 'Timestamp' | 'Duration')
        | ('SpiffeId' | 'Ip' | 'Cidr');
      const range = type.range === undefined ? '' : `, ${describeRange(type, type.range)}`;
      const seconds = type.inSeconds ? ', as a number of seconds' : '';
      return [`${scalars[type.kind]}${range}${seconds}`];
    }
  }
}

function describeRange(type: Type, range: Range): string {
  const [min = '', max = ''] = showRange(type, range).split('..');
  if (min === '') return `at most ${max}`;
  return max === '' ? `at least ${min}` : `from ${min} to ${max}`;
}

function describeElement(type: Type): Phrase {
  if (type.kind === 'Enum') return [createInlineCode(type.name)];
  if (type.kind === 'Record')
    return type.name === undefined ? ['records'] : [createInlineCode(type.name)];
  if (type.kind === 'Set' || type.kind === 'List') {
    return say`${type.kind === 'Set' ? 'sets' : 'lists'} of ${describeElement(type.element)}`;
  }
  if (type.kind === 'Map') return say`maps from strings to ${describeElement(type.value)}`;
  return [plurals[type.kind]];
}

/** Returns the members of an enum. */
export function describeEnum({ members, ordered, otherwise }: EnumType): Phrase {
  const names = joinAsList(members.map(createInlineCode), ordered ? 'and' : 'or');
  const order = ordered ? ', in ascending order' : '';
  const other = otherwise === undefined ? undefined : members[otherwise];
  return other === undefined
    ? say`${names}${order}`
    : say`${names}${order}; any other value is read as ${createInlineCode(other)}`;
}

/** Returns the members of a record in the order of their declaration. */
export function listRecordMembers({ members }: RecordType) {
  return [...members.values()];
}
