// The changes that events made to the facts of a session. The facts that a transport vouches for may be replaced with each
// call; these changes stay, and are made again to the new facts.

import { isMembers } from '../json/members.ts';

interface MembersChange {
  /** Whether the object has no other members than these. */
  readonly isWhole: boolean;
  readonly members: Readonly<Record<string, FactChange>>;
}

/** A change of a fact: to a value, where null removes the fact, or of some members of an object. */
export type FactChange = { readonly value: unknown } | MembersChange;

export const noChange: MembersChange = { isWhole: false, members: {} };

/** The change that consists of a known one and then a merge patch (RFC 7396). */
export function mergeChange(earlierChange: FactChange | undefined, part: unknown): FactChange {
  if (!isMembers(part)) return { value: part };
  const before =
    earlierChange !== undefined && 'members' in earlierChange ? earlierChange : noChange;
  const members = new Map(Object.entries(before.members));
  for (const [name, each] of Object.entries(part)) {
    members.set(name, mergeChange(members.get(name), each));
  }
  const isNew = earlierChange !== undefined && 'value' in earlierChange;
  return { isWhole: isNew || before.isWhole, members: Object.fromEntries(members) };
}

/** The value after a change, or `undefined` if there is none. */
export function applyChange(change: FactChange, value: unknown): unknown {
  if ('value' in change) return change.value ?? undefined;
  const members = new Map(!change.isWhole && isMembers(value) ? Object.entries(value) : []);
  for (const [name, each] of Object.entries(change.members)) {
    const next = applyChange(each, members.get(name));
    if (next === undefined) members.delete(name);
    else members.set(name, next);
  }
  return Object.fromEntries(members);
}
