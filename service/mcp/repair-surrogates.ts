// Makes the bytes of a JSON document readable for all: some readers refuse escapes of single surrogates.

import { replaceLoneSurrogates } from '../json/surrogates.ts';

/** The same document with U+FFFD instead of single surrogates. */
export function repairSurrogates(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!text.includes('\\ud') && !text.includes('\\uD')) return bytes;
  // Each byte is one character, so that invalid UTF-8 stays what it is.
  return Buffer.from(replaceLoneSurrogates(text.toString('latin1')), 'latin1');
}
