// The call digest: the digest that the host supplies takes precedence over the one in the request, so that
// a caller cannot choose the digest that an approval is looked up with. Nothing happens in a module whose
// policy does not declare `context.call_digest`.

import { isFaulty, isKnown, pointerIn, storeAbsent, storeBytes } from '../cells';
import { DIGEST_BYTES, DIGEST_CELL, HOST_DIGEST, TAKEN_DIGEST } from './layout';

/**
 * Where the host writes the digest before a query; it starts with a zero byte if the call has no digest.
 */
export const call_digest: usize = HOST_DIGEST;
export const judged_digest: usize = DIGEST_CELL;

let isSupplied: bool = false;

/** Takes the host's digest, which counts for the current call only. */
export function receiveDigest(): void {
  if (DIGEST_CELL == 0) return;
  isSupplied = load<u8>(HOST_DIGEST) != 0;
  if (isSupplied) memory.copy(TAKEN_DIGEST, HOST_DIGEST, DIGEST_BYTES);
  store<u8>(HOST_DIGEST, 0);
}

/** Stores the digest that counts; `isOwn`: that of the request does if there is one. */
export function placeDigest(isOwn: bool): void {
  if (DIGEST_CELL == 0) return;
  if (isFaulty(DIGEST_CELL) || (isOwn && isKnown(DIGEST_CELL))) return;
  if (isSupplied) storeBytes(DIGEST_CELL, TAKEN_DIGEST, DIGEST_BYTES);
  else storeAbsent(DIGEST_CELL);
}

/** The digest that a session stores; 0: there is none. */
export function storedDigest(): usize {
  if (DIGEST_CELL == 0) return 0;
  return isKnown(DIGEST_CELL) ? pointerIn(DIGEST_CELL) : 0;
}

/**
 * Stores the digest after a session was changed. The digest of another call is the one that the host
 * supplies, or none: a part of a call is not the call.
 */
export function patchDigest(stored: usize, isOther: bool): void {
  if (DIGEST_CELL == 0) return;
  placeDigest(false);
  if (isFaulty(DIGEST_CELL) || isSupplied || isOther || stored == 0) return;
  storeBytes(DIGEST_CELL, stored, DIGEST_BYTES);
}
