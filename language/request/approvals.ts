// Approvals in the context of a request: whether a policy declares them, and a request with an approval added. An
// approval contains the digest of the call that it is for, and expires.

import { callDigest, digestMember } from '@nhipol/runtime/call-digest';
import type { TestGrant } from '../model/model.ts';
import { formatInstant } from '../types/time/instant.ts';
import type { RecordType } from '../types/types.ts';
import { changeRequest } from './change-request.ts';

export const approvalsMember = 'approvals';

/** Whether a context declares the digest of the call and a list of approvals with `digest` and `expires_at`. */
export function declaresApprovals(context: RecordType | undefined): boolean {
  const type = context?.members.get(approvalsMember)?.type;
  if (!context?.members.has(digestMember) || type?.kind !== 'List') return false;
  const { element } = type;
  if (element.kind !== 'Record') return false;
  const [digest, end] = ['digest', 'expires_at'].map((name) => element.members.get(name)?.type);
  return digest?.kind === 'String' && end?.kind === 'Timestamp' && !end.inSeconds;
}

/** Adds an approval, granted at `now` in milliseconds, to a request. Returns a request without a digest unchanged. */
export function approveRequest(
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
  const json = JSON.stringify([...readApprovals(request), approval]);
  return changeRequest(request, [{ path: ['context', approvalsMember], json }]);
}

function readApprovals(request: string): readonly unknown[] {
  const { context } = JSON.parse(request) as {
    readonly context?: { readonly [approvalsMember]?: unknown };
  };
  const approvals = context?.[approvalsMember];
  return Array.isArray(approvals) ? approvals : [];
}
