// The approval that the tests of stores store, and when.

import type { StoredApproval } from '../../../../service/store/store.ts';

export const now = 1_772_532_000_000;
export const minute = 60_000;

export const approval: StoredApproval = {
  id: 'approval-1',
  digest: 'sha-256:1',
  channel: 'service',
  approver: 'ann@example.com',
  grantedAt: now,
  expiresAt: now + minute,
};
