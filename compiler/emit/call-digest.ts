// The digest of the call, as AssemblyScript: what a host tells of it takes the place of what the request says, so that
// nobody chooses the digest that an approval is looked up by. Without `context.call_digest` there is nothing to take.

import { digestLength } from '@nhipol/runtime/call-digest';
import type { IrFacts } from '../ir/ir.ts';
import type { MemoryLayout } from '../layout/layout.ts';

/** Of policies that declare it. */
export const digestExports = ['call_digest', 'judged_digest'] as const;

export function digestDoors(
  { digest }: IrFacts,
  layout: Pick<MemoryLayout, 'facts' | 'toldDigest' | 'takenDigest'>,
  sessions: boolean,
): string {
  if (digest === undefined) return `${noDigest}${sessions ? noHeldDigest : ''}`;
  const cell = layout.facts + digest.offset;
  return `
/** Where the host writes it before it asks; a zero first: the call has none. */
export const call_digest: usize = ${layout.toldDigest};
export const judged_digest: usize = ${cell};

let isDigestTold: bool = false;

/** It counts for the call at hand alone. */
function receiveDigest(): void {
  isDigestTold = load<u8>(call_digest) != 0;
  if (isDigestTold) memory.copy(${layout.takenDigest}, call_digest, ${digestLength});
  store<u8>(call_digest, 0);
}

/** \`isOwn\`: what the request says counts where it says something. */
function placeDigest(isOwn: bool): void {
  if (load<u8>(${cell}, 8) == 3 || (isOwn && load<u8>(${cell}, 9))) return;
  if (isDigestTold) storeBytes(${cell}, ${layout.takenDigest}, ${digestLength});
  else storeAbsent(${cell});
}
${sessions ? ofSessions(cell) : ''}`;
}

function ofSessions(cell: number): string {
  return `
/** Where it is that a session knows; 0: it knows none. */
function heldDigest(): usize {
  return load<u8>(${cell}, 9) ? load<u32>(${cell}) : 0;
}

/** That of another call is one that the host tells, or none: a part of a call is not the call. */
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
