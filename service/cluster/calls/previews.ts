// The effect of another policy on the sessions of several partitions, as one preview.

import type { SessionsPreview } from '../../pdp/sessions/session-host.ts';

export function combinePreviews(previews: readonly SessionsPreview[]): SessionsPreview {
  const changes = previews.flatMap((preview) => preview.changes);
  const sessions = previews.reduce((sum, preview) => sum + preview.sessions, 0);
  return {
    sessions,
    changes,
    activate: (by) => {
      for (const preview of previews) preview.activate(by);
    },
    toString: () => {
      const counts = new Map<string, number>();
      for (const { before, after } of changes) {
        const isSame = before.effect === after.effect;
        const key = isSame ? `other ${after.effect}` : `${before.effect} → ${after.effect}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const sorted = [...counts].sort(([, one], [, other]) => other - one);
      const parts = sorted.map(([key, count]) => `${count} ${key}`);
      return [...parts, `${sessions - changes.length} as before`].join(', ');
    },
  };
}
