// Asks a person whether one call may be made: by the client, which asks its user, or by a terminal. An approval is for
// the exact call, and for one call. What a client returns is accepted only for the question that was asked.

import { randomUUID } from 'node:crypto';
import type { Answer } from '@nhipol/runtime';
import { explanationOf } from '../engine/answers.ts';
import type { Decision, EngineSession } from '../engine/engine-session.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { ApprovalChannel, ApprovalRequest, StoredApproval } from '../store/store.ts';

/** For how long an approval can be used after it was given, in milliseconds. */
const defaultApprovalLifetime = 10 * 60_000;
/** The longest text of arguments that an approver is shown. */
const maxShownArguments = 4_000;

/** A call that waits for an approval. */
export interface Question {
  readonly id: string;
  readonly digest: string;
  /** The text for the approver. */
  readonly summary: string;
  readonly reason: string;
  readonly expiresAt: number;
}

export interface AskedCall {
  readonly server: string;
  readonly tool: string;
  readonly arguments: unknown;
}

/** undefined: the decision offers no approval of this call. */
export function questionAbout(
  decision: Decision,
  session: EngineSession,
  call: AskedCall,
  now: number,
): Question | undefined {
  const { digest, answer } = decision;
  if (digest === undefined) return undefined;
  const { type, id } = session.identity;
  return {
    id: randomUUID(),
    digest,
    summary: `${type} ${id} wants to call ${call.tool} of ${call.server}\n${shown(call.arguments)}`,
    reason: explanationOf(answer),
    expiresAt: expiryOf(answer, now),
  };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2) ?? '';
  if (text.length <= maxShownArguments) return text;
  const rest = text.length - maxShownArguments;
  return `${text.slice(0, maxShownArguments)}… and ${rest} more characters`;
}

function expiryOf({ accessRequest }: Answer, now: number): number {
  const offered = accessRequest === undefined ? undefined : Number(accessRequest.expiresAt);
  return offered ?? now + defaultApprovalLifetime;
}

/** The parameters of `elicitation/create`. The mode is stated since 2025-11-25, and implied before. */
export function formOf({ summary, reason }: Question): Members {
  return {
    message: `${reason}\n\n${summary}`,
    requestedSchema: {
      type: 'object',
      properties: {
        approve: { type: 'boolean', title: 'Approve this call, once', default: false },
      },
      required: ['approve'],
    },
  };
}

/** Whether the result of `elicitation/create` is an approval. */
export function isApproved(result: unknown): boolean {
  if (!isMembers(result) || result.action !== 'accept') return false;
  return isMembers(result.content) && result.content.approve === true;
}

export function approvalOf(
  { id, digest, expiresAt }: Question,
  channel: ApprovalChannel,
  now: number,
): StoredApproval {
  return { id, digest, channel, approver: undefined, grantedAt: now, expiresAt };
}

export function requestOf(
  question: Question,
  session: EngineSession,
  now: number,
): ApprovalRequest {
  const { id, digest, summary, reason, expiresAt } = question;
  const subject = `${session.identity.type} ${session.identity.id}`;
  return { id, digest, summary, reason, subject, requestedAt: now, expiresAt };
}
