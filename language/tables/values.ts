// Reads a key or a value of a table by its type. A table may only contain listed enum members: the `else`
// of an enum applies to requests only.

import type { Json } from '../request/json.ts';
import { getNumericType, parseNumber, readScalar, type Scalar } from '../request/scalar.ts';
import { decimalDigits } from '../support/decimal.ts';
import { getTextForm } from '../types/string-forms.ts';
import { parseInstant } from '../types/time/instant.ts';
import type { EnumType, ScalarType, Value } from '../types/types.ts';

/** A number as a key: exponents and excess digits are not allowed, since different spellings would collide. */
const keyNumber = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?$/;

/** Reads a key, or returns `undefined` if it is not a value of the type. */
export function readKey(type: ScalarType | EnumType, text: string): Value | undefined {
  const number = getNumericType(type);
  if (number !== undefined) {
    const match = keyNumber.exec(text);
    const digits = match?.[1]?.length ?? 0;
    return match !== null && digits <= countDigits(number) ? parseNumber(number, text) : undefined;
  }
  if (type.kind === 'Bool') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type.kind === 'String') return text;
  if (type.kind === 'Timestamp') return parseInstant(text);
  if (type.kind === 'Enum') return findOrdinal(type, text);
  return getTextForm(type)?.read(text);
}

export function readValue(type: ScalarType | EnumType, json: Json): Scalar {
  if (type.kind !== 'Enum' || json.kind !== 'string') return readScalar(type, json);
  const ordinal = findOrdinal(type, json.value);
  return ordinal === undefined ? { kind: 'unknown' } : { kind: 'value', value: ordinal };
}

/** The number of digits after the decimal point. */
function countDigits(type: ScalarType): number {
  return type.kind === 'Int' ? 0 : type.kind === 'Decimal' ? decimalDigits : 3;
}

function findOrdinal(type: EnumType, text: string): number | undefined {
  const ordinal = type.members.indexOf(text);
  return ordinal === -1 ? undefined : ordinal;
}
