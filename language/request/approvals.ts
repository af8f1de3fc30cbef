// Approvals among the facts of a request: what a context declares to take them, and a request to which one more was
// granted. An approval is bound to its call by the digest of that, and has an end.

import { callDigest, digestMember } from '@nhipol/runtime/call-digest';
import type { TestGrant } from '../model/model.ts';
import { formatInstant } from '../types/time/instant.ts';
import type { RecordType } from '../types/types.ts';
import { changeRequest } from './change-request.ts';

const member = 'approvals';

/** Whether it has the digest of the call, and a list of approvals with a digest and an end each. */
export function takesApprovals(context: RecordType | undefined): boolean {
  const type = context?.members.get(member)?.type;
  if (!context?.members.has(digestMember) || type?.kind !== 'List') return false;
  const { element } = type;
  if (element.kind !== 'Record') return false;
  const [digest, end] = ['digest', 'expires_at'].map((name) => element.members.get(name)?.type);
  return digest?.kind === 'String' && end?.kind === 'Timestamp' && !end.inSeconds;
}

/** The request when its call was approved at an instant, in milliseconds; a call that has no digest can't be. */
export function granted(
  request: string,
  { lasts, approver, policy }: TestGrant,
  now: bigint,
): string {
  const digest = callDigest(request, policy);
  if (digest === undefined) return request;
  const approval = {
    digest,
    expires_at: formatInstant(now + lasts),
    granted_at: formatInstant(now),
    ...(approver === undefined ? {} : { approver }),
  };
  const json = JSON.stringify([...approvalsIn(request), approval]);
  return changeRequest(request, [{ path: ['context', member], json }]);
}

function approvalsIn(request: string): readonly unknown[] {
  const { context } = JSON.parse(request) as { readonly context?: { readonly [member]?: unknown } };
  const approvals = context?.[member];
  return Array.isArray(approvals) ? approvals : [];
}
