// Requests to a service: the requests of the AuthZEN Authorization API 1.0, and what sessions consist of.

import type { Members } from '../json/members.ts';

export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Members;
}

export interface Action {
  readonly name: string;
  readonly properties?: Members;
}

/** Section 6 of the API. */
export interface EvaluationRequest {
  readonly subject: Entity;
  readonly action: Action;
  readonly resource: Entity;
  readonly context?: Members;
}

/** Section 7: an item takes from the batch what it does not have. */
export interface EvaluationsRequest extends Partial<EvaluationRequest> {
  readonly evaluations: readonly Partial<EvaluationRequest>[];
  readonly options?: {
    readonly evaluations_semantic?: 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';
  };
}

interface TypeOnly {
  readonly type: string;
  readonly properties?: Members;
}

/** Section 8, by what is searched. */
export interface SearchRequests {
  readonly subject: Omit<EvaluationRequest, 'subject'> & { readonly subject: TypeOnly };
  readonly resource: Omit<EvaluationRequest, 'resource'> & { readonly resource: TypeOnly };
  readonly action: Omit<EvaluationRequest, 'action'>;
}

/** The facts that a session opens with. Without an id it gets a random one. */
export interface SessionOpening extends Partial<EvaluationRequest> {
  readonly id?: string;
  readonly subject: Entity;
}

/** A merge patch (RFC 7396): its members replace the members of the session, and null removes one. */
export interface SessionPatch {
  readonly subject?: Members;
  readonly action?: Members;
  readonly resource?: Members;
  readonly context?: Members;
}

/** An action in a session; a part that is missing is taken from the session. */
export type SessionQuery = Partial<Omit<EvaluationRequest, 'subject'>>;

export interface ApprovalOfCall {
  /** `call_digest` of the challenge. */
  readonly digest: string;
  readonly expiresAt: Date;
  readonly reference?: string;
}

export function buildApprovalBody({ expiresAt, ...rest }: ApprovalOfCall): object {
  return { ...rest, expires_at: expiresAt.toISOString() };
}
