// The digest of the call, as AssemblyScript: what a host tells of it takes the place of what the request says, so that
// nobody chooses the digest that an approval is looked up by. Without `context.call_digest` there is nothing to take.

import { digestLength } from '@nhipol/runtime/call-digest';

/** Of policies that declare it. */
export const digestExports = ['call_digest', 'judged_digest'] as const;

/** `cell`: its address; undefined: the policy does not declare it. */
export function digestDoors(cell: number | undefined, sessions: boolean): string {
  if (cell === undefined) return `${noDigest}${sessions ? noHeldDigest : ''}`;
  return `
/** Where the host writes it before it asks; a zero first: the call has none. */
export const call_digest: usize = memory.data(${digestLength});
export const judged_digest: usize = ${cell};
const takenDigest: usize = memory.data(${digestLength});

/** \`isOwn\`: what the request says counts where it says something. It is taken for one call alone. */
function takeDigest(isOwn: bool): void {
  const isTold = load<u8>(call_digest) != 0;
  const isFaulty = load<u8>(${cell}, 8) == 3;
  if (!isFaulty && !(isOwn && load<u8>(${cell}, 9))) {
    if (isTold) {
      memory.copy(takenDigest, call_digest, ${digestLength});
      storeBytes(${cell}, takenDigest, ${digestLength});
    } else storeAbsent(${cell});
  }
  store<u8>(call_digest, 0);
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
  const isTold = load<u8>(call_digest) != 0;
  takeDigest(false);
  if (load<u8>(${cell}, 8) == 3 || isTold || isOther || held == 0) return;
  storeBytes(${cell}, held, ${digestLength});
}
`;
}

const noDigest = `
function takeDigest(isOwn: bool): void {}
`;

const noHeldDigest = `
function heldDigest(): usize { return 0; }
function patchDigest(held: usize, isOther: bool): void {}
`;
