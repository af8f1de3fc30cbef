// Access that can be replaced while the service runs: what it identified before is identified again before it takes effect.

import type { Access, Credentials } from './access.ts';
import type { Role } from './caller.ts';

export interface ReplaceableAccess {
  readonly access: Access;
  readonly replace: (next: Access) => void;
}

export function createReplaceableAccess(first: Access): ReplaceableAccess {
  let current = first;
  let count = 0;
  const access = (credentials: Credentials) => current(credentials);
  return {
    access: Object.assign(access, {
      generation: () => count,
      mayHave: (id: string, role: Role) => current.mayHave?.(id, role) ?? true,
    }),
    replace: (next) => {
      current = next;
      count += 1;
    },
  };
}

/** A number that changes when other callers may call. */
export function getGeneration(access: Access): number {
  return access.generation?.() ?? 0;
}
