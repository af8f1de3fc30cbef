// An approval as lines of the log contain it.

import type { LoggedApproval } from '../log/entry.ts';
import type { StoredApproval } from '../store/store.ts';

export function toLoggedApproval(approval: StoredApproval): LoggedApproval {
  const { id, channel, approver, grantedAt, expiresAt } = approval;
  return {
    id,
    channel,
    ...(approver === undefined ? {} : { approver }),
    granted_at: new Date(grantedAt).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
  };
}
