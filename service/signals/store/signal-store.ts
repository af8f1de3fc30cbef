// Where signals are stored: the security events that were received, each once by its issuer and `jti`, and what the
// transmitter owes its receivers. Every function resolves when its change is durable, and rejects if it cannot be;
// changes that are made together share one write.

/** A token whose events were verified. */
export interface StoredSet {
  readonly issuer: string;
  readonly jti: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The events as JSON. */
  readonly events: string;
  /** The canonical subject of each event, its type and its time in milliseconds, for `about`. */
  readonly index: readonly IndexedEvent[];
}

export interface IndexedEvent {
  readonly key: string;
  /** Events with the same type and subject say the same. */
  readonly type: string;
  readonly time: number;
}

/** A token about a subject. */
export interface IndexedSet extends Omit<IndexedEvent, 'key'> {
  /** Ascends with the order of arrival, and is never used again. */
  readonly sequence: number;
}

/** The number of tokens of one type about a subject that a store has in its index: the newest ones. */
export const maxOfType = 100;

export type SetId = Pick<StoredSet, 'issuer' | 'jti'>;

/** `new`: it was not known. `pending`: known, but not all its effects may be durable. `done`: they are. */
export type SetState = 'new' | 'pending' | 'done';

export type StreamStatus = 'enabled' | 'paused' | 'disabled';

/** The configuration of an event stream of the transmitter. */
export interface StoredStream {
  readonly id: string;
  /** The caller that created it. */
  readonly receiver: string;
  /** The rest as JSON. */
  readonly text: string;
}

/** A token that a receiver has not acknowledged. */
export interface OutgoingSet {
  readonly stream: string;
  readonly jti: string;
  /** The signed token. */
  readonly token: string;
  readonly createdAt: number;
}

/** The tokens that were received. */
export interface ReceivedSets {
  /** Returns the state that each token had; one that occurs twice is `new` once. */
  readonly add: (sets: readonly StoredSet[]) => Promise<readonly SetState[]>;
  readonly done: (sets: readonly SetId[]) => Promise<void>;
  /** The tokens whose effects may not be durable, the oldest first. */
  readonly pending: () => Promise<readonly StoredSet[]>;
  /**
   * The newest tokens about subjects, at most `maxOfType` of each type of event and subject besides those that are not done,
   * and at most `limit` altogether.
   */
  readonly about: (keys: readonly string[], limit: number) => Promise<readonly IndexedSet[]>;
  /** The tokens with these sequences, in this order, except for those that were forgotten. */
  readonly read: (sequences: readonly number[]) => Promise<readonly StoredSet[]>;
  /** The sequences of tokens that are stored. No other token ever gets one of them. */
  readonly sequences: (sets: readonly SetId[]) => Promise<readonly number[]>;
  /** The mapping that identifies the sessions, as JSON, or `undefined` if nothing was stored. */
  readonly identifiedBy: () => Promise<string | undefined>;
  /** Stores the mapping that identifies the sessions, when the events about them were applied. */
  readonly identify: (by: string) => Promise<void>;
  /** All keys that `about` finds something by. */
  readonly keys: () => Promise<readonly string[]>;
  /** Forgets tokens that were received before an instant, and whose effects are durable. */
  readonly forget: (before: number) => Promise<void>;
}

/** The streams of receivers, and the tokens that wait for them. */
export interface OutgoingSets {
  readonly streams: () => Promise<readonly StoredStream[]>;
  /**
   * Stores a stream if its text is `previous` until then, or if it is not stored and `previous` is undefined. Resolves with
   * whether it was stored: if not, somebody else has changed it.
   */
  readonly putStream: (stream: StoredStream, previous: string | undefined) => Promise<boolean>;
  /** Removes a stream with its outgoing tokens. */
  readonly deleteStream: (id: string) => Promise<void>;

  readonly enqueue: (sets: readonly OutgoingSet[]) => Promise<void>;
  /** The oldest outgoing tokens of a stream. */
  readonly waiting: (stream: string, limit: number) => Promise<readonly OutgoingSet[]>;
  /** The number of outgoing tokens of a stream. */
  readonly backlog: (stream: string) => Promise<number>;
  /** Removes tokens that need not be sent again. */
  readonly settle: (stream: string, jtis: readonly string[]) => Promise<void>;
  /** Removes all outgoing tokens of a stream. */
  readonly drop: (stream: string) => Promise<void>;
}

export interface SignalStore extends ReceivedSets, OutgoingSets {
  readonly close: () => Promise<void>;
}
