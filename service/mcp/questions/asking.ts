// Asks a person whether one call may be made: by the client, which asks its user, or by a terminal. An approval is for
// the exact call, and for one call. What a client returns is accepted only for the question that was asked.

import { randomUUID } from 'node:crypto';
import type { Answer } from '@nhipol/runtime';
import { explainAnswer } from '../../engine/answers.ts';
import type { Decision, EngineSession } from '../../engine/engine-session.ts';
import { isMembers, type Members } from '../../json/members.ts';
import type { ApprovalChannel, ApprovalRequest, StoredApproval } from '../../store/store.ts';
import { escapeVisibly, printVisibleJson } from '../../support/visible-text.ts';

/** For how long an approval can be used after it was given, in milliseconds. */
const defaultApprovalLifetime = 10 * 60_000;
/** The longest text that can be approved at a terminal, and in a form of a client, which shows it as a whole. */
const maxShown = 1_048_576;
const maxInForm = 32_768;

/** A call that waits for an approval. */
export interface ApprovalQuestion {
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
  /** Where the call is carried out, if the caller chooses that. */
  readonly folder?: string | undefined;
}

/**
 * Returns `undefined` if the decision offers no approval of this call, or the call is too long to be shown as a whole.
 */
export function createQuestion(
  decision: Decision,
  session: EngineSession,
  call: AskedCall,
  now: number,
): ApprovalQuestion | undefined {
  const { digest, answer } = decision;
  if (digest === undefined) return undefined;
  const { type, id } = session.identity;
  const place = call.folder === undefined ? '' : ` in ${call.folder}`;
  const title = escapeVisibly(`${type} ${id} wants to call ${call.tool} of ${call.server}${place}`);
  const summary = `${title}\n${printVisibleJson(call.arguments)}`;
  if (summary.length > maxShown) return undefined;
  const reason = escapeVisibly(explainAnswer(answer));
  return { id: randomUUID(), digest, summary, reason, expiresAt: computeExpiry(answer, now) };
}

/** Whether the form of a client can show the whole call. */
export function fitsForm({ summary }: ApprovalQuestion): boolean {
  return summary.length <= maxInForm;
}

function computeExpiry({ accessRequest }: Answer, now: number): number {
  const offered = accessRequest === undefined ? undefined : Number(accessRequest.expiresAt);
  return offered ?? now + defaultApprovalLifetime;
}

/** The parameters of `elicitation/create`. The mode is stated since 2025-11-25, and implied before. */
export function createForm({ summary, reason }: ApprovalQuestion): Members {
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

export function createApproval(
  { id, digest, expiresAt }: ApprovalQuestion,
  channel: ApprovalChannel,
  now: number,
): StoredApproval {
  return { id, digest, channel, approver: undefined, grantedAt: now, expiresAt };
}

export function createApprovalRequest(
  question: ApprovalQuestion,
  session: EngineSession,
  now: number,
): ApprovalRequest {
  const { id, digest, summary, reason, expiresAt } = question;
  return { id, digest, summary, reason, subject: session.subject, requestedAt: now, expiresAt };
}
