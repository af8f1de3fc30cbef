// The entries of maps on the path of a read.

import type { Member } from '../types/types.ts';
import type { EntryStep, Expr, ReadExpr } from './model.ts';

export function isEntry(step: Member | EntryStep): step is EntryStep {
  return 'key' in step;
}

const none: readonly Expr[] = [];

/** The keys of the entries on the path, in order; nearly all paths have none. */
export function listEntryKeys({ members }: ReadExpr): readonly Expr[] {
  return members.some(isEntry) ? members.filter(isEntry).map(({ key }) => key) : none;
}

/** Whether the path is the same in every request, so that equal paths have equal values. */
export function hasFixedPath(read: ReadExpr): boolean {
  return (
    typeof read.from === 'string' && listEntryKeys(read).every(({ kind }) => kind === 'Constant')
  );
}
