// Access for tests of approvals: everybody may call as on a loopback address, and ann may approve by her key.

import { createHash } from 'node:crypto';
import { type Access, createAccess, openAccess } from '@nhipol/service';

export const approverKey = 'k-ann';

/** The headers of ann, whose id is `key:ann`. */
export const ofApprover = { 'x-api-key': approverKey };

/** The headers of the workload of `accessFile`. */
export const ofWorkload = { 'x-api-key': 'k-workload' };

const sha256 = createHash('sha256').update(approverKey).digest('hex');
const byKey = createAccess({ keys: [{ id: 'ann', sha256, roles: ['approve'] }] });

export const accessWithApprover: Access = (credentials) =>
  credentials.apiKey === approverKey ? byKey(credentials) : openAccess(credentials);

/** As a file, for a process: `workload` has every other role. */
export const accessFile = {
  keys: [
    { id: 'ann', sha256, roles: ['approve'] },
    {
      id: 'workload',
      sha256: createHash('sha256').update('k-workload').digest('hex'),
      roles: ['evaluate', 'sessions', 'operate'],
    },
  ],
};
