// The members of the context that only the guard sets. A mapping that sets one of them has no effect.

import type { Members } from '../json/members.ts';

const guardMembers: ReadonlySet<string> = new Set(['time', 'call_digest', 'approvals']);

export function withoutGuardMembers(context: Members): Members {
  return Object.fromEntries(Object.entries(context).filter(([name]) => !guardMembers.has(name)));
}
