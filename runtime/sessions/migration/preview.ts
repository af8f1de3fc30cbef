// The effect of another policy on live sessions, before it is activated.

import type { EffectName } from '../../contract/index.ts';
import type { Migrated, PolicyChange, RestoreMismatch } from './migrate.ts';

/** Sessions whose effect changes, or whose reasons or constraints do. */
export interface EffectChange {
  readonly before: EffectName;
  readonly after: EffectName;
  readonly ids: readonly string[];
}

export class Preview {
  /** The number of sessions. */
  readonly sessions: number;
  readonly changes: readonly PolicyChange[];
  /**
   * Facts that have another type in the other policy, or that it requires and that are missing: they become
   * unknown.
   */
  readonly mismatches: readonly RestoreMismatch[];
  readonly #activate: () => readonly PolicyChange[];

  constructor({ handles, changes, mismatches }: Migrated, activate: () => readonly PolicyChange[]) {
    this.sessions = handles.size;
    this.changes = changes;
    this.mismatches = mismatches;
    this.#activate = activate;
  }

  /** The changes by effect before and after, largest number first. */
  get byEffect(): readonly EffectChange[] {
    const groups = new Map<string, { before: EffectName; after: EffectName; ids: string[] }>();
    for (const { id, before, after } of this.changes) {
      const key = `${before.effect} ${after.effect}`;
      const existingGroup = groups.get(key);
      if (existingGroup === undefined) {
        groups.set(key, { before: before.effect, after: after.effect, ids: [id] });
      } else existingGroup.ids.push(id);
    }
    return [...groups.values()].sort((a, b) => b.ids.length - a.ids.length);
  }

  /**
   * Makes all sessions those of the other policy, atomically. They are migrated as they are now, which may differ
   * from when the preview was made. Listeners are notified of the changes, which are also returned. Throws a
   * `SessionError` if a session cannot be migrated, and then nothing changed.
   */
  activate(): readonly PolicyChange[] {
    return this.#activate();
  }

  /** `42 permit → narrow, 3 narrow → revoke, 955 as before`. */
  toString(): string {
    const counts = this.byEffect.map(
      ({ before, after, ids }) =>
        `${ids.length} ${before === after ? `other ${after}` : `${before} → ${after}`}`,
    );
    return [...counts, `${this.sessions - this.changes.length} as before`].join(', ');
  }
}
