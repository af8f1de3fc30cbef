// Converts generated requests to the objects that properties read, and back. A number is the nearest JavaScript
// number, or a bigint for an integer that is not exact.

import { type Json, parseJson } from '@nhipol/language';
import { toExactNumber } from '@nhipol/language/types';
import type { GeneratedRequest } from '../generate/requests.ts';

import { noTables } from '../generate/tables.ts';

/** `undefined` if it is not JSON. */
export function toObject(text: string): unknown {
  const json = parseJson(text);
  return json === undefined ? undefined : toPlainValue(json);
}

/** At the request's own time. */
export function createRequestSample(text: string): GeneratedRequest {
  return { text, now: undefined, tables: noTables };
}

function toPlainValue(json: Json): unknown {
  switch (json.kind) {
    case 'object':
      return Object.fromEntries(json.members.map(({ name, value }) => [name, toPlainValue(value)]));
    case 'array':
      return json.elements.map(toPlainValue);
    case 'number':
      return parseNumber(json.text);
    case 'null':
      return null;
    default:
      return json.value;
  }
}

function parseNumber(text: string): number | bigint {
  if (/^-?\d+$/.test(text)) return toExactNumber(BigInt(text));
  return Math.min(Math.max(Number(text), -Number.MAX_VALUE), Number.MAX_VALUE);
}
