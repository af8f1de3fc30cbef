// JSON whose numbers keep their digits: a request that the service changes or splits reaches the module with the
// numbers that the caller wrote, which a double may not represent.

import { stringify } from '@nhipol/runtime';
import { parse } from 'lossless-json';
import { parseExactNumber } from '../../json/exact.ts';
import { isMembers, type Members } from '../../json/members.ts';
import { Problem } from '../problem.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** A module reads fewer levels of a request; values with many more exhaust the stack of what writes them. */
export const maxDepth = 1_000;
const codes = {
  quote: 0x22,
  escape: 0x5c,
  object: 0x7b,
  endOfObject: 0x7d,
  array: 0x5b,
  endOfArray: 0x5d,
} as const;

/**
 * Returns the value. A number that a double does not represent is an `ExactDecimal`, which is written as it was. Throws a
 * `Problem` for invalid UTF-8 or JSON, a name that occurs twice in an object, and more than `maxDepth` levels.
 */
export function parseExactJson(bytes: Uint8Array): unknown {
  if (isDeep(bytes)) {
    const detail = `$: expected at most ${maxDepth} levels of objects and arrays, found more`;
    throw new Problem(400, detail, { path: '$' });
  }
  try {
    return parse(decoder.decode(bytes), null, {
      parseNumber: parseExactNumber,
      onDuplicateKey: rejectDuplicate,
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, '$: expected JSON in UTF-8, found another text', { path: '$' });
  }
}

/** Whether JSON has more than `maxDepth` levels. */
export function isDeep(bytes: Uint8Array): boolean {
  if (bytes.length <= maxDepth) return false;
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isInString) {
      if (byte === codes.escape) index += 1;
      else if (byte === codes.quote) isInString = false;
    } else if (byte === codes.quote) isInString = true;
    else if (byte === codes.object || byte === codes.array) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (byte === codes.endOfObject || byte === codes.endOfArray) depth -= 1;
  }
  return false;
}

/** Whether a value that `parseExactJson` returned is a JSON object. */
export function isObject(value: unknown): value is Members {
  return isMembers(value);
}

function rejectDuplicate({ key }: { readonly key: string }): never {
  const name = JSON.stringify(key);
  throw new Problem(400, `$: expected each name once, found ${name} twice`, { path: '$' });
}

/** The JSON of a value that `parseExactJson` returned, or that consists of such values. */
export function stringifyExactly(value: unknown): string {
  return stringify(value);
}

/** The value with numbers as doubles, for expressions that compute with it. */
export function roundExactNumbers(value: unknown): unknown {
  return JSON.parse(stringifyExactly(value));
}
