// Checks that a module is the one its host expects, by the SHA-256 of its bytes. Throws `LoadError`.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { LoadError } from './load-error.ts';

const form = /^[0-9a-f]{64}$/;
const digestBytes = 32;

/** `expected`: 64 hexadecimal digits of either case, or 32 bytes. */
export function expectDigest(policy: unknown, expected: string | Uint8Array): void {
  if (!(policy instanceof Uint8Array)) {
    throw new LoadError('`sha256` requires the bytes of a module, not a compiled one');
  }
  const [wanted, found] = [parseDigest(expected), bytesToHex(sha256(policy))];
  if (found !== wanted) {
    throw new LoadError(`the module's SHA-256 is ${found}, expected ${wanted}`);
  }
}

function parseDigest(expected: unknown): string {
  const hex =
    expected instanceof Uint8Array && expected.length === digestBytes
      ? bytesToHex(expected)
      : String(expected).toLowerCase();
  if (!form.test(hex)) throw new LoadError('`sha256` is not 64 hexadecimal digits or 32 bytes');
  return hex;
}
