// The options of a relay.

import type { Mode } from '../engine/engine-parts.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import type { Store } from '../store/store.ts';
import type { CallMapping } from './calls/call-mapping.ts';
import type { ResultLimits } from './calls/limited-result.ts';
import type { ClientFacts } from './client.ts';
import type { RelayState } from './relay-state.ts';
import type { ToolInventory } from './tools/inventory.ts';

/** Who approves: the user of the client, a person at a terminal, or nobody. */
export type AskMode = 'elicitation' | 'terminal' | 'never';

export interface RelayOptions {
  /** The name of the server: the first part of the names of actions. */
  readonly server: string;
  readonly mapping: CallMapping;
  /** The constraints that limit the results of calls. */
  readonly resultLimits: ResultLimits;
  /** Called once, when the first message is decided, with the facts of its client. */
  readonly openSession: (client: ClientFacts) => EngineSession;
  /**
   * Why a client without a session gets nothing of the server: it is revoked, or that is unknown. Returns `undefined`
   * if it is not revoked.
   */
  readonly closedReason: (client: ClientFacts) => string | undefined;
  /** Whether a client has a session, by this or another connection, or at another server. */
  readonly hasSession: (client: ClientFacts) => boolean;
  readonly inventory: ToolInventory;
  readonly state: RelayState;
  readonly mode: Mode;
  readonly ask: AskMode;
  /** How long a call waits for a person at a terminal, in milliseconds. */
  readonly askTimeout: number;
  /** Whether a refused call has a result that the model reads, or an error. */
  readonly refusal: 'result' | 'error';
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Access was revoked: the server must be stopped. */
  readonly onRevoked: (reason: string) => void;
  readonly onWarning: (warning: string) => void;
}
