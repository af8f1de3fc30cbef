// JSON whose numbers keep their digits: a request that the service changes or splits reaches the module with the
// numbers that the caller wrote, which a double may not represent.

import { isLosslessNumber, isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { isMembers, type Members } from '../json/members.ts';
import { Problem } from './problem.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns the value. A number that a double does not represent is an object that `exactText` writes as it was. Throws a
 * `Problem` for invalid UTF-8 or JSON, a name that occurs twice in an object, and nesting that exhausts the stack.
 */
export function parseExact(bytes: Uint8Array): unknown {
  try {
    return parse(decoder.decode(bytes), null, { parseNumber, onDuplicateKey: rejectDuplicate });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, '$: expected JSON in UTF-8, found another text', { path: '$' });
  }
}

function parseNumber(text: string): number | LosslessNumber {
  return isSafeNumber(text) ? Number(text) : new LosslessNumber(text);
}

/** Whether a value that `parseExact` returned is a JSON object. */
export function isObject(value: unknown): value is Members {
  return isMembers(value) && !isLosslessNumber(value);
}

function rejectDuplicate({ key }: { readonly key: string }): never {
  const name = JSON.stringify(key);
  throw new Problem(400, `$: expected each name once, found ${name} twice`, { path: '$' });
}

/** The JSON of a value that `parseExact` returned, or that consists of such values. */
export function exactText(value: unknown): string {
  return stringify(value) ?? 'null';
}

/** The value with numbers as doubles, for code that only shows or compares it. */
export function inexact(value: unknown): unknown {
  return JSON.parse(exactText(value));
}
