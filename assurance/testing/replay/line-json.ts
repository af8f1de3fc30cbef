// Reads a line of a log as strict JSON: the parts that the readers of each format of log share. Numbers are JavaScript
// values, integers are exact. The first error unwinds the reader, with the path of the member.

import {
  type Json,
  type JsonObject,
  nameJsonType as kindFound,
  readJson,
  spellJsonPath,
} from '@nhipol/language';
import { firstInstant, lastInstant, parseInstant } from '@nhipol/language/types';
import { ExactDecimal } from '@nhipol/runtime';
import {
  type FoundName,
  hostTexts,
  isLongerInUtf8,
  type JsonValue,
  maxName,
  requestErrors,
} from '@nhipol/runtime/abi';
import type { JsonMembers } from '../generate/request-parts.ts';

export interface LineFault {
  readonly line: number;
  /** JSONPath of the member at fault; `$` for the line as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The maximum length of a line, in bytes. */
const maxLineBytes = 1_000_000;

/** Returns what `read` does, or the error that unwound it. */
export function tryReading<Result>(line: number, read: () => Result): Result | LineFault {
  try {
    return read();
  } catch (failure) {
    if (failure instanceof Wrong) return { line, path: failure.path, message: failure.message };
    throw failure;
  }
}

/** Unwinds a reader; `reading` returns it as a fault. */
export class Wrong extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

export function throwUnexpected(path: string, what: string, found: string): never {
  throw new Wrong(path, `expected ${what}, found ${found}`);
}

/** `limit`: the maximum length, in bytes. `loneSurrogates`: as `readJson` takes it. */
export function parseLineJson(
  bytes: Uint8Array,
  limit = maxLineBytes,
  loneSurrogates: 'error' | 'replace' = 'error',
): Json {
  const json = readJson(bytes, limit, loneSurrogates);
  if ('code' in json) {
    if (json.code === 'too_large') throwUnexpected('$', `at most ${limit} bytes`, 'a longer line');
    const row = requestErrors[json.code];
    const column = new TextDecoder().decode(bytes.subarray(0, json.offset)).length + 1;
    const [what, instead] =
      'expected' in row ? [row.expected, row.found] : ['valid JSON', hostTexts.otherValue];
    return throwUnexpected('$', what, `${instead}, in column ${column}`);
  }
  return json;
}

export function expectObject(json: Json | undefined, path: string, what: string): JsonMembers {
  expectMembers(json, path, `an object: ${what}`);
  return readJsonValue(json as Json, path) as JsonMembers;
}

/** The object of a log that a service wrote: its numbers have the digits of the request, of any size. */
export function expectRecordedObject(
  json: Json | undefined,
  path: string,
  what: string,
): JsonMembers {
  expectMembers(json, path, `an object: ${what}`);
  return readJsonValue(json as Json, path, parseExact) as JsonMembers;
}

/** Rejects duplicate names. */
export function expectMembers(
  json: Json | undefined,
  path: string,
  what: string,
): JsonObject['members'] {
  if (json?.kind !== 'object') return throwUnexpected(path, what, describeFound(json));
  const members = new Set<string>();
  for (const { name } of json.members) {
    if (members.has(name))
      throwUnexpected(
        spellJsonPath(path, name),
        requestErrors.duplicate_name.expected,
        requestErrors.duplicate_name.found,
      );
    members.add(name);
  }
  return json.members;
}

export function expectSessionId(json: Json | undefined): string {
  if (json?.kind !== 'string')
    return throwUnexpected('$.session', 'the id of a session', describeFound(json));
  const { value } = json;
  if (value === '') throwUnexpected('$.session', 'the id of a session', 'an empty string');
  if (isLongerInUtf8(value, maxName))
    throwUnexpected('$.session', `an id of at most ${maxName} bytes`, 'a longer string');
  return value;
}

export function expectInstant(json: Json | undefined, path: string): bigint {
  const what = 'an instant such as "2026-01-31T09:30:00Z", or milliseconds since 1970';
  if (json?.kind === 'string')
    return (
      parseInstant(json.value) ?? throwUnexpected(path, what, 'a string that is not an instant')
    );
  if (json?.kind !== 'number') return throwUnexpected(path, what, describeFound(json));
  const value = Number(json.text);
  if (!Number.isInteger(value))
    return throwUnexpected(path, what, 'a fractional number' satisfies FoundName);
  return value >= firstInstant && value <= lastInstant
    ? BigInt(value)
    : throwUnexpected(path, what, 'a number out of range');
}

export function readJsonValue(
  json: Json,
  path: string,
  toNumber: (text: string, path: string) => JsonValue = parseBoundedNumber,
): JsonValue {
  switch (json.kind) {
    case 'object': {
      const entries = expectMembers(json, path, '').map(
        ({ name, value }) =>
          [name, readJsonValue(value, spellJsonPath(path, name), toNumber)] as const,
      );
      // A member may be called `__proto__`.
      return Object.fromEntries(entries);
    }
    case 'array':
      return json.elements.map((element, index) =>
        readJsonValue(element, `${path}[${index}]`, toNumber),
      );
    case 'number':
      return toNumber(json.text, path);
    case 'null':
      return null;
    default:
      return json.value;
  }
}

function parseBoundedNumber(text: string, path: string): JsonValue {
  if (!Number.isFinite(Number(text)))
    throwUnexpected(path, 'a number within 64 bits', 'a larger number');
  return parseExact(text);
}

/** The number, with all of its digits if a JavaScript number has other ones. */
function parseExact(text: string): number | bigint | ExactDecimal {
  const value = Number(text);
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(value) ? value : BigInt(text);
  const number = Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
  const isSame = trimDigits(text) === trimDigits(String(number));
  return isSame ? number : new ExactDecimal(text);
}

/** Two numbers that are near to each other and have the same significant digits are equal. */
function trimDigits(text: string): string {
  const [digits = ''] = text.replace('-', '').split(/[eE]/);
  return digits.replace('.', '').replace(/^0+|0+$/g, '');
}

export function describeFound(json: Json | undefined): string {
  return json === undefined ? 'nothing' : kindFound(json);
}
