// Grants approvals: takes what an approver agreed to, and returns the session's list of approvals with it, as
// JSON, or the error. Expired approvals are removed, so that the list stays short.

import { type AnswerError, hostTexts, isMembers } from '../contract/index.ts';
import { convertMilliseconds } from '../module/moment.ts';
import { showInstant } from '../module/show.ts';
import { digestForm } from '../request/call-digest.ts';
import { parseMembers } from './request-parts.ts';

/** An approval of one call until an instant. Instants are in milliseconds since the epoch. */
export interface Approval {
  /** The digest of the call, from the challenge. */
  readonly digest: string;
  /** It is valid strictly before this instant. */
  readonly expiresAt: number | bigint | Date;
  /** Default: now. */
  readonly grantedAt?: number | bigint | Date;
  readonly approver?: string;
  /** Where the approval is documented. */
  readonly reference?: string;
}

/** The error for a policy that does not read approvals. */
export const noApprovals: AnswerError = {
  code: 'no_approvals',
  path: '$.context.approvals',
  expected: 'a policy that declares `call_digest?: String` and `approvals?: List<Approval>`',
  found: 'another',
  offset: 0,
};

const anInstant = hostTexts.instant;

/** The approvals in a session's snapshot that are completely known. */
export function listKnownApprovals(snapshot: string): readonly unknown[] {
  const { request } = parseMembers(snapshot);
  const context = isMembers(request) ? request.context : undefined;
  const approvals = isMembers(context) ? context.approvals : undefined;
  if (!Array.isArray(approvals)) return [];
  return approvals.filter(
    (approval) =>
      isMembers(approval) && Object.values(approval).every((value) => typeof value === 'string'),
  );
}

export function addApproval(
  before: readonly unknown[],
  { digest, expiresAt, grantedAt, approver, reference }: Approval,
  now: number,
): readonly unknown[] | AnswerError {
  const end = convertMilliseconds(expiresAt);
  const start = grantedAt === undefined ? now : convertMilliseconds(grantedAt);
  if (typeof digest !== 'string' || !digestForm.test(digest)) {
    const found = typeof digest === 'string' ? JSON.stringify(digest) : hostTexts.otherValue;
    return createMemberError('digest', '`sha-256:` and 64 hexadecimal digits in lower case', found);
  }
  if (end === undefined) return createMemberError('expiresAt', anInstant, hostTexts.otherValue);
  if (start === undefined) return createMemberError('grantedAt', anInstant, hostTexts.otherValue);
  if (end <= now)
    return createMemberError(
      'expiresAt',
      `an instant after ${showTruncated(now)}`,
      showTruncated(end),
    );
  const granted = {
    digest,
    expires_at: showTruncated(end),
    granted_at: showTruncated(start),
    ...(approver === undefined ? {} : { approver }),
    ...(reference === undefined ? {} : { reference }),
  };
  return [...before.filter((each) => !hasEnded(each, now)), granted];
}

/** An approval without an end, or with an invalid one, is left to the module. */
function hasEnded(approval: unknown, now: number): boolean {
  if (typeof approval !== 'object' || approval === null || !('expires_at' in approval))
    return false;
  const { expires_at: end } = approval;
  return typeof end === 'string' && Date.parse(end) <= now;
}

function showTruncated(instant: number): string {
  return showInstant(BigInt(Math.trunc(instant)));
}

function createMemberError(member: string, expected: string, found: string): AnswerError {
  return { code: 'wrong_type', path: `$.${member}`, expected, found, offset: 0 };
}
