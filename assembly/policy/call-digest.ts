// The call digest: the module computes it from the request, so that a caller cannot choose the digest that an
// approval is looked up with. Nothing happens in a module whose policy does not declare `context.call_digest`.

import { mark, release } from '../memory/arena';
import { isFaulty, isKnown, pointerIn, storeAbsent, storeBytes } from '../memory/cells';
import { readForms, writeDigest } from '../digest/call-forms';
import { CALL_ACTION, CALL_RESOURCE, CALL_SUBJECT, DIGEST, DIGEST_BYTES, DIGEST_CELL } from './layout';

/** Stores the digest of the request; `isOwn`: that of the request itself counts if there is one. */
export function placeDigest(isOwn: bool): void {
  if (DIGEST_CELL == 0) return;
  if (isOwn && isKnown(DIGEST_CELL)) return;
  const end = mark();
  readForms();
  placeDigestOfForms();
  release(end);
}

/** Stores the digest of the forms that were read. */
export function placeDigestOfForms(): void {
  if (DIGEST_CELL == 0) return;
  if (isFaulty(DIGEST_CELL)) return;
  if (writeDigest(DIGEST, CALL_ACTION, CALL_RESOURCE, CALL_SUBJECT)) storeBytes(DIGEST_CELL, DIGEST, DIGEST_BYTES);
  else storeAbsent(DIGEST_CELL);
}

/** The digest that a session stores; 0: there is none. */
export function storedDigest(): usize {
  if (DIGEST_CELL == 0) return 0;
  return isKnown(DIGEST_CELL) ? pointerIn(DIGEST_CELL) : 0;
}

/** Stores the digest that a session had before a change that is not one of its call. */
export function keepDigest(stored: usize): void {
  if (DIGEST_CELL == 0) return;
  if (isFaulty(DIGEST_CELL)) return;
  if (stored != 0) storeBytes(DIGEST_CELL, stored, DIGEST_BYTES);
  else storeAbsent(DIGEST_CELL);
}
