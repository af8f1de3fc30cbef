// An event that arrived at a service, as its stream of events describes it.

export interface ArrivedEvent {
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly txn?: string;
}

export interface Arrived {
  readonly outcome: 'accepted' | 'duplicate' | 'refused';
  readonly source: string;
  /** The number of sessions that it was about. */
  readonly sessions?: number;
  readonly events?: readonly ArrivedEvent[];
  /** Why it was refused. */
  readonly err?: string;
  readonly description?: string;
}
