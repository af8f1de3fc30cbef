// JSON whose numbers keep their digits: a request that the service changes or splits reaches the module with the
// numbers that the caller wrote, which a double may not represent.

import { stringify } from '@nhipol/runtime';
import { parse } from 'lossless-json';
import { exactNumber } from '../json/exact.ts';
import { isMembers, type Members } from '../json/members.ts';
import { Problem } from './problem.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns the value. A number that a double does not represent is an `ExactDecimal`, which is written as it was. Throws a
 * `Problem` for invalid UTF-8 or JSON, a name that occurs twice in an object, and nesting that exhausts the stack.
 */
export function parseExact(bytes: Uint8Array): unknown {
  try {
    return parse(decoder.decode(bytes), null, {
      parseNumber: exactNumber,
      onDuplicateKey: rejectDuplicate,
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, '$: expected JSON in UTF-8, found another text', { path: '$' });
  }
}

/** Whether a value that `parseExact` returned is a JSON object. */
export function isObject(value: unknown): value is Members {
  return isMembers(value);
}

function rejectDuplicate({ key }: { readonly key: string }): never {
  const name = JSON.stringify(key);
  throw new Problem(400, `$: expected each name once, found ${name} twice`, { path: '$' });
}

/** The JSON of a value that `parseExact` returned, or that consists of such values. */
export function exactText(value: unknown): string {
  return stringify(value);
}

/** The value with numbers as doubles, for expressions that compute with it. */
export function inexact(value: unknown): unknown {
  return JSON.parse(exactText(value));
}
