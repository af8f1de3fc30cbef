// Reads a JSON value by its declared type, for requests and tables: returns a value, unknown, or the
// error.

import {
  type FoundName,
  isLongerInUtf8,
  jsonTypes,
  requestErrors,
  requestLimits,
} from '@nhipol/runtime/abi';
import { contains } from '../types/ranges.ts';
import { getTextForm } from '../types/string-forms.ts';
import {
  firstInstant,
  isIntegral,
  lastInstant,
  parseInstant,
  roundDecimalText,
  scaleDecimal,
} from '../types/time/instant.ts';
import type { EnumType, ScalarType, Value } from '../types/types.ts';
import { describeExpectation } from './expectation.ts';
import type { Json } from './json.ts';

export type Scalar =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'unknown' }
  | ScalarFault;

export interface ScalarFault {
  readonly kind: 'fault';
  readonly code: 'wrong_type' | 'too_long';
  readonly expected: string;
  readonly found: string;
}

export function readScalar(type: ScalarType | EnumType, json: Json): Scalar {
  const wrong = (found: FoundName): ScalarFault => ({
    kind: 'fault',
    code: 'wrong_type',
    expected: describeExpectation(type),
    found,
  });
  if (type.kind === 'Bool')
    return json.kind === 'boolean' ? createScalar(json.value) : wrong(nameJsonType(json));
  const number = getNumericType(type);
  if (number !== undefined) {
    if (json.kind !== 'number') return wrong(nameJsonType(json));
    if (number.kind === 'Int' && !isIntegral(json.text)) return wrong('a fractional number');
    return createScalar(parseNumber(number, json.text));
  }
  if (json.kind !== 'string') return wrong(nameJsonType(json));
  if (type.kind === 'Timestamp') {
    const instant = parseInstant(json.value);
    return instant === undefined ? wrong('an invalid timestamp') : createScalar(instant);
  }
  if (type.kind === 'Enum') {
    const ordinal = type.members.indexOf(json.value);
    return createScalar(ordinal === -1 ? type.otherwise : ordinal);
  }
  if (isTooLong(json.value)) return { kind: 'fault', code: 'too_long', ...requestErrors.too_long };
  const form = getTextForm(type);
  return createScalar(form === undefined ? json.value : form.read(json.value));
}

/** Returns the type if its JSON form is a number. */
export function getNumericType(type: ScalarType | EnumType): ScalarType | undefined {
  const isNumber =
    type.kind === 'Int' ||
    type.kind === 'Decimal' ||
    type.kind === 'Duration' ||
    (type.kind === 'Timestamp' && type.inSeconds === true);
  return isNumber ? type : undefined;
}

/** Returns the value of a JSON number, or `undefined` if it exceeds 64 bits or the range of the type. */
export function parseNumber(type: ScalarType, text: string): bigint | undefined {
  if (type.kind === 'Int') return selectInRange(type, scaleDecimal(text, 1));
  if (type.kind === 'Decimal') return selectInRange(type, roundDecimalText(text));
  const milliseconds = scaleDecimal(text, 1000);
  if (type.kind === 'Duration' || milliseconds === undefined) return milliseconds;
  return milliseconds >= firstInstant && milliseconds <= lastInstant ? milliseconds : undefined;
}

export function isTooLong(text: string): boolean {
  return isLongerInUtf8(text, requestLimits.stringBytes);
}

export function nameJsonType(json: Json): FoundName {
  return jsonTypes[json.kind];
}

function createScalar(value: Value | undefined): Scalar {
  return value === undefined ? { kind: 'unknown' } : { kind: 'value', value };
}

/** Returns undefined, which is unknown, for a value outside the declared range. */
function selectInRange({ range }: ScalarType, value: bigint | undefined): bigint | undefined {
  return value === undefined || range === undefined || contains(range, value) ? value : undefined;
}
