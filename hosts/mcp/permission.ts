// The permission of the request whose handler runs, for handlers that carry out constraints and obligations.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission } from '@nhipol/service';

const current = new AsyncLocalStorage<() => Permission>();

/**
 * The permission of the call or other request that is being handled, as it was decided last, or `undefined` if nothing that was decided is
 * being handled. It may change while the handler runs.
 */
export function currentPermission(): Permission | undefined {
  return current.getStore()?.();
}

export function withPermission(permission: () => Permission, run: () => void): void {
  current.run(permission, run);
}
