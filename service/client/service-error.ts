// Why a service did not do what it was called for: the problem that it reported (RFC 9457), or that it could not be
// reached.

import { isMembers } from '../json/members.ts';

/**
 * `unreachable`: there is no connection. `timeout`: no response came in time. `invalid_answer`: the response is not one of
 * the service.
 */
export type FailureCode = 'unreachable' | 'timeout' | 'invalid_answer';

export interface ServiceErrorDetails {
  readonly status?: number | undefined;
  readonly path?: string | undefined;
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

export class ServiceError extends Error {
  /** The status of HTTP, or `undefined` if there was no response that could be read. */
  readonly status: number | undefined;
  /** JSONPath (RFC 9535) of the member at fault. */
  readonly path: string | undefined;
  /** A word for programs: one of the service, such as `no_session`, or a `FailureCode`. */
  readonly code: string | undefined;

  constructor(detail: string, { status, path, code, cause }: ServiceErrorDetails = {}) {
    super(detail, { cause });
    this.name = 'ServiceError';
    this.status = status;
    this.path = path;
    this.code = code;
  }

  /** The problem in words, for a person. */
  get detail(): string {
    return this.message;
  }

  /** Whether the same call may succeed later: the service could not be reached, or could not work. */
  get isTransient(): boolean {
    const { status } = this;
    return status === undefined || status >= 500 || status === 408 || status === 429;
  }
}

/** The error that a response with a status of 400 or more stands for; `body`: what it contains, if that is JSON. */
export function readServiceError(status: number, body: unknown): ServiceError {
  const { detail, path, code } = isMembers(body) ? body : {};
  return new ServiceError(typeof detail === 'string' ? detail : `the status is ${status}`, {
    status,
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  });
}

export function createInvalidAnswerError(detail: string): ServiceError {
  return new ServiceError(detail, { code: 'invalid_answer' satisfies FailureCode });
}

/** The error of a session that was closed while it was followed: that of a call for a session that is not open. */
export function createSessionClosedError(): ServiceError {
  return new ServiceError('the session was closed', { status: 404, code: 'no_session' });
}
