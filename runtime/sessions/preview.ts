// What would change for live sessions under another policy, before it is theirs.

import type { EffectName } from '../contract/index.ts';
import type { CarriedOver, Misfit, PolicyChange } from './migrate.ts';

/** Sessions whose effect is another, or the same for other reasons or within other constraints. */
export interface EffectChange {
  readonly before: EffectName;
  readonly after: EffectName;
  readonly ids: readonly string[];
}

export class Preview {
  /** How many sessions there are. */
  readonly sessions: number;
  readonly changes: readonly PolicyChange[];
  /** Facts that the other policy reads otherwise, or lacks: it takes them for unknown. */
  readonly misfits: readonly Misfit[];
  readonly #activate: () => readonly PolicyChange[];

  constructor({ handles, changes, misfits }: CarriedOver, activate: () => readonly PolicyChange[]) {
    this.sessions = handles.size;
    this.changes = changes;
    this.misfits = misfits;
    this.#activate = activate;
  }

  /** The changes by effect before and after, most sessions first. */
  get byEffect(): readonly EffectChange[] {
    const groups = new Map<string, { before: EffectName; after: EffectName; ids: string[] }>();
    for (const { id, before, after } of this.changes) {
      const key = `${before.effect} ${after.effect}`;
      const known = groups.get(key);
      if (known === undefined) {
        groups.set(key, { before: before.effect, after: after.effect, ids: [id] });
      } else known.ids.push(id);
    }
    return [...groups.values()].sort((a, b) => b.ids.length - a.ids.length);
  }

  /**
   * From now on all sessions are those of the other policy: carried over as they are now, which may be another than when
   * the preview was made, at once and all together. Whoever is told of changes is told of these. Gives what changed. Throws
   * a `SessionError` where one finds no place, and then nothing changed.
   */
  activate(): readonly PolicyChange[] {
    return this.#activate();
  }

  /** `42 permit → narrow, 3 narrow → revoke, 955 as before`. */
  toString(): string {
    const told = this.byEffect.map(
      ({ before, after, ids }) =>
        `${ids.length} ${before === after ? `other ${after}` : `${before} → ${after}`}`,
    );
    return [...told, `${this.sessions - this.changes.length} as before`].join(', ');
  }
}
