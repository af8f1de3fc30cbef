// Approvals as a host grants them: what an approver agreed to comes in, the list of a session's approvals with it goes
// out, as JSON; or what is wrong with it. Those that have ended are left out, so that the list stays short.

import type { AnswerError } from '../contract/index.ts';
import { milliseconds } from '../module/moment.ts';
import { formatInstant } from '../module/show.ts';
import { digestForm } from '../request/call-digest.ts';

/** For one call and until an instant. Instants are in milliseconds since the epoch. */
export interface Approval {
  /** Of the call, as the challenge told it. */
  readonly digest: string;
  /** It holds strictly before. */
  readonly expiresAt: number | bigint | Date;
  /** Now unless told. */
  readonly grantedAt?: number | bigint | Date;
  readonly approver?: string;
  /** Where it can be looked up. */
  readonly reference?: string;
}

/** Of a policy that none would be of use to. */
export const noApprovals: AnswerError = {
  code: 'no_approvals',
  path: '$.context.approvals',
  expected: 'a policy that declares `call_digest?: String` and `approvals?: List<Approval>`',
  found: 'another',
  offset: 0,
};

const anInstant = 'an instant, in milliseconds';

export function withApproval(
  before: readonly unknown[],
  { digest, expiresAt, grantedAt, approver, reference }: Approval,
  now: number,
): readonly unknown[] | AnswerError {
  const end = milliseconds(expiresAt);
  const start = grantedAt === undefined ? now : milliseconds(grantedAt);
  if (typeof digest !== 'string' || !digestForm.test(digest)) {
    const found = typeof digest === 'string' ? JSON.stringify(digest) : 'another value';
    return wrong('digest', '`sha-256:` and 64 hexadecimal digits in lower case', found);
  }
  if (end === undefined) return wrong('expiresAt', anInstant, 'another value');
  if (start === undefined) return wrong('grantedAt', anInstant, 'another value');
  if (end <= now) return wrong('expiresAt', `an instant after ${shown(now)}`, shown(end));
  const granted = {
    digest,
    expires_at: shown(end),
    granted_at: shown(start),
    ...(approver === undefined ? {} : { approver }),
    ...(reference === undefined ? {} : { reference }),
  };
  return [...before.filter((each) => !hasEnded(each, now)), granted];
}

/** What tells no end, or none that can be read, is left to the module. */
function hasEnded(approval: unknown, now: number): boolean {
  if (typeof approval !== 'object' || approval === null || !('expires_at' in approval))
    return false;
  const { expires_at: end } = approval;
  return typeof end === 'string' && Date.parse(end) <= now;
}

function shown(instant: number): string {
  return formatInstant(BigInt(Math.trunc(instant)));
}

function wrong(member: string, expected: string, found: string): AnswerError {
  return { code: 'wrong_type', path: `$.${member}`, expected, found, offset: 0 };
}
