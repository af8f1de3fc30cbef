// Security events, as they are after their token was verified.

import type { Members } from '../../json/members.ts';

export interface SecurityEvent {
  readonly issuer: string;
  readonly jti: string;
  /** Identifies the cause; events with the same one have the same cause. */
  readonly txn: string | undefined;
  /** The URI. */
  readonly type: string;
  /** Milliseconds since the epoch: when it occurred, by default when the token was issued, and never in the future. */
  readonly time: number;
  /** The subject identifier, or `undefined` if the event is about a stream. */
  readonly subject: Members | undefined;
  readonly claims: Members;
}

/** The codes of errors (RFC 8935, section 2.4; SSF 1.0, section 8.1.4). */
export type SetErrorCode =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'
  | 'access_denied'
  | 'invalid_state';

/** A token is not accepted, and sending it again does not help. */
export class SetError extends Error {
  readonly code: SetErrorCode;

  constructor(code: SetErrorCode, description: string) {
    super(description);
    this.name = 'SetError';
    this.code = code;
  }

  toJSON() {
    return { err: this.code, description: this.message };
  }
}

/** Nothing is known about a token, because the keys of its issuer cannot be read. It should be sent again. */
export class KeysUnavailableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeysUnavailableError';
  }
}
