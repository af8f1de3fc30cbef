// A client, as its transport vouches for it.

import type { CallerFacts } from '../engine/call.ts';
import type { Members } from '../json/members.ts';

export interface ClientFacts extends CallerFacts {
  /** The claims of its token, or `undefined` if it has none. */
  readonly token?: Members | undefined;
  /** Whether the operator states who acts, so that all clients of the guard are this subject. Default: false. */
  readonly isOnly?: boolean | undefined;
  /** When its token expires, in milliseconds since the epoch, or `undefined` if it has none. */
  readonly validUntil?: number | undefined;
}
