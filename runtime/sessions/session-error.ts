// Why an operation on a session failed. The session is unchanged.

import { type AnswerError, hostTexts, sessionErrors } from '../contract/index.ts';

export class SessionError extends Error {
  readonly session: string;
  /**
   * One of the manifest's names, `no_session`, `session_exists`, `session_revoked`, `no_member`, `no_room`,
   * `no_approvals` or `engine_error`.
   */
  readonly code: string;
  /** JSONPath (RFC 9535) of the member at fault; `$` for the input as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(session: string, { code, path, expected, found }: AnswerError) {
    super(`the session \`${session}\`: ${path}: expected ${expected}, found ${found}`);
    this.name = 'SessionError';
    this.session = session;
    this.code = code;
    this.path = path;
    this.expected = expected;
    this.found = found;
  }
}

export function createAnswerError(code: string, expected: string, found: string): AnswerError {
  return { code, path: '$', expected, found, offset: 0 };
}

export const noSession = createAnswerError(
  'no_session',
  sessionErrors.no_session.expected,
  sessionErrors.no_session.found,
);

export const sessionRevoked = createAnswerError(
  'session_revoked',
  hostTexts.unrevokedSession,
  hostTexts.revokedSession,
);
