// A client, as its transport vouches for it.

import type { Facts } from '../engine/call.ts';
import type { Members } from '../json/members.ts';

export interface ClientFacts extends Facts {
  /** The claims of its verified token; undefined: it has none. */
  readonly token?: Members | undefined;
  /** When its token expires, in milliseconds since the epoch; undefined: it has none. */
  readonly validUntil?: number | undefined;
}
