// Migrates sessions from one policy to another: opens them in the other, evaluates them by both, and returns the
// differences. If one of them cannot be migrated, none is.

import type { Answer, AnswerError } from '../../contract/index.ts';
import { stringify } from '../../json/stringify.ts';
import { restoreRecords } from '../persistence/restore-records.ts';
import { SessionError } from '../session-error.ts';
import type { SessionPolicy } from '../session-policy.ts';

/** The part of a session that depends on its policy. */
export interface MigratingSession {
  readonly id: string;
  readonly handle: number;
  /** Whether there was a query. */
  readonly isAsked: boolean;
}

/** A session to which the two policies give different answers. */
export interface PolicyChange {
  readonly id: string;
  readonly before: Answer;
  readonly after: Answer;
}

/**
 * The first fact of a session that has another type in the other policy, or that it requires and that is missing.
 */
export interface RestoreMismatch {
  readonly id: string;
  readonly error: AnswerError;
}

export interface Migrated {
  /** The handle of each session in the other policy, by id. */
  readonly handles: ReadonlyMap<string, number>;
  readonly changes: readonly PolicyChange[];
  readonly mismatches: readonly RestoreMismatch[];
}

/** Throws the `SessionError` of the session that cannot be migrated. */
export function migrate(
  sessions: Iterable<MigratingSession>,
  from: SessionPolicy,
  to: SessionPolicy,
  now: number,
): Migrated {
  const handles = new Map<string, number>();
  const changes: PolicyChange[] = [];
  const mismatches: RestoreMismatch[] = [];
  for (const { id, handle, isAsked } of sessions) {
    const text = from.engine.snapshot(handle);
    if (typeof text !== 'string') throw new SessionError(id, text);
    const restored = to.engine.restore(text);
    if ('code' in restored) throw new SessionError(id, restored);
    handles.set(id, restored.handle);
    if (restored.mismatch !== undefined) mismatches.push({ id, error: restored.mismatch });
    if (!isAsked) continue;
    const before = from.engine.reevaluate(handle, now);
    const after = to.engine.reevaluate(restored.handle, now);
    if (makeAnswerKey(before) !== makeAnswerKey(after)) changes.push({ id, before, after });
  }
  return { handles, changes, mismatches };
}

/**
 * Migrates the history across sessions, before the sessions. What no record states is unknown to the other policy. Returns the
 * ids of the records that it does not need.
 */
export function migrateHistory(
  from: SessionPolicy,
  to: SessionPolicy,
  now: number,
): readonly string[] {
  const records = from.history?.list() ?? [];
  if (to.history === undefined) return records.map(({ id }) => id);
  const texts = records.flatMap(({ text }) => text ?? []);
  return restoreRecords(to.history, texts, now).unused;
}

/** Equal for equal answers. */
function makeAnswerKey({ effect, reasons, constraints, lower, obligations }: Answer): string {
  return stringify([effect, reasons, constraints, lower, obligations]);
}
