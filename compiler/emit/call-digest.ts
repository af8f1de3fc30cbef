// Emits the handling of the call digest: the digest that the host supplies takes precedence over the one
// in the request, so that a caller cannot choose the digest by which an approval is looked up. Without
// `context.call_digest` nothing is emitted.

import { digestLength } from '@nhipol/runtime/call-digest';
import type { IrFacts } from '../ir/ir.ts';
import type { MemoryLayout } from '../layout/layout.ts';

/** The exports of policies that declare it. */
export const digestExports = ['call_digest', 'judged_digest'] as const;

export function digestDoors(
  { digest }: IrFacts,
  layout: Pick<MemoryLayout, 'facts' | 'hostDigest' | 'takenDigest'>,
  sessions: boolean,
): string {
  if (digest === undefined) return `${noDigest}${sessions ? noHeldDigest : ''}`;
  const cell = layout.facts + digest.offset;
  return `
/**
 * Where the host writes the digest before a query; it starts with a zero byte if the call has no digest.
 */
export const call_digest: usize = ${layout.hostDigest};
export const judged_digest: usize = ${cell};

let isDigestTold: bool = false;

/** The digest counts for the current call only. */
function receiveDigest(): void {
  isDigestTold = load<u8>(call_digest) != 0;
  if (isDigestTold) memory.copy(${layout.takenDigest}, call_digest, ${digestLength});
  store<u8>(call_digest, 0);
}

/** \`isOwn\`: the digest of the request counts if there is one. */
function placeDigest(isOwn: bool): void {
  if (load<u8>(${cell}, 8) == 3 || (isOwn && load<u8>(${cell}, 9))) return;
  if (isDigestTold) storeBytes(${cell}, ${layout.takenDigest}, ${digestLength});
  else storeAbsent(${cell});
}
${sessions ? ofSessions(cell) : ''}`;
}

function ofSessions(cell: number): string {
  return `
/** The digest that a session stores; 0: there is none. */
function heldDigest(): usize {
  return load<u8>(${cell}, 9) ? load<u32>(${cell}) : 0;
}

/**
 * The digest of another call is the one that the host supplies, or none: a part of a call is not the
 * call.
 */
function patchDigest(held: usize, isOther: bool): void {
  placeDigest(false);
  if (load<u8>(${cell}, 8) == 3 || isDigestTold || isOther || held == 0) return;
  storeBytes(${cell}, held, ${digestLength});
}
`;
}

const noDigest = `
function receiveDigest(): void {}
function placeDigest(isOwn: bool): void {}
`;

const noHeldDigest = `
function heldDigest(): usize { return 0; }
function patchDigest(held: usize, isOther: bool): void {}
`;
