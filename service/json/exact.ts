// JSON that every reader reads in the same way, numbers included: a decision about it holds for the resource, too.

import { isSafeNumber, parse } from 'lossless-json';
import { readUnambiguous } from './unambiguous.ts';

/** The value, or why readers may differ. */
export function readExactly(
  bytes: Uint8Array,
): { readonly value: unknown } | { readonly problem: string } {
  const read = readUnambiguous(bytes);
  if ('problem' in read) return read;
  let inexact: string | undefined;
  const parseNumber = (text: string) => {
    if (!isSafeNumber(text)) inexact ??= text;
    return Number(text);
  };
  const value = parse(read.text, null, { parseNumber });
  return inexact === undefined
    ? { value }
    : { problem: `the number ${inexact} is not exact for every reader` };
}
