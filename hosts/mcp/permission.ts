// The permission of the call whose handler runs, for handlers that carry out constraints and obligations.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission } from '@nhipol/service';

const current = new AsyncLocalStorage<Permission>();

/** The permission of the call that is being handled, or `undefined` if no guarded call is. */
export function currentPermission(): Permission | undefined {
  return current.getStore();
}

export function withPermission(permission: Permission, run: () => void): void {
  current.run(permission, run);
}
