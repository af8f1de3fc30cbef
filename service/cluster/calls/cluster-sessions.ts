// The sessions of a cluster as one node sees them: each operation goes to the owner of the session's partition, which may
// be this node. Without an owner nothing is permitted.

import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Answer } from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import { type SessionCaller, serviceItself } from '../../pdp/sessions/session-caller.ts';
import type {
  GivenApproval,
  QueryOptions,
  SessionHost,
  SessionHostOptions,
  SessionListener,
  SessionPage,
  SessionsPreview,
  SessionView,
  SessionWithFacts,
} from '../../pdp/sessions/session-host.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Heartbeats } from '../partitions/heartbeats.ts';
import type { OwnedPartition } from '../partitions/owned-partition.ts';
import { Ownership } from '../partitions/ownership.ts';
import type { ClusterShape, Records } from '../records/records.ts';
import type { ClusterSignals } from '../signals/cluster-signals.ts';
import { ChangeFeed } from './change-feed.ts';
import { Directory } from './directory.ts';
import { findPartition, IdentityKey } from './identity.ts';
import { getMaxPayload, OwnerRouter } from './owner-router.ts';
import { combinePreviews } from './previews.ts';
import { SessionCalls } from './session-calls.ts';
import { expectWholeHistory } from './whole-history.ts';
import { type DecidedReply, type OwnerCall, toAnswer } from './wire.ts';

export interface ClusterSessionsOptions {
  readonly connection: NatsConnection;
  readonly records: Records;
  readonly node: string;
  readonly shape: ClusterShape;
  /** How long a lease is valid, in milliseconds. */
  readonly lease: number;
  readonly heartbeats: Heartbeats;
  /** The sequence of the policy that this node uses. */
  readonly policy: () => number;
  readonly sessions: SessionHostOptions;
  /** The events that change sessions, or `undefined` if there are none. */
  readonly signals: Pick<ClusterSignals, 'join' | 'openEvents' | 'noteChange'> | undefined;
}

export class ClusterSessions implements SessionHost {
  readonly #options: ClusterSessionsOptions;
  readonly #identity: IdentityKey;
  readonly #directory: Directory;
  readonly #ownership: Ownership;
  readonly #router: OwnerRouter;
  readonly #calls: SessionCalls;
  readonly #changes: ChangeFeed;

  constructor(options: ClusterSessionsOptions) {
    const { connection, records, node, shape, lease, heartbeats, sessions, policy, signals } =
      options;
    this.#options = options;
    this.#expectWholeHistory(sessions.policy());
    this.#identity = new IdentityKey(shape.identity);
    this.#directory = new Directory(records);
    this.#ownership = new Ownership({
      records,
      heartbeats,
      node,
      lease,
      policy,
      partitions: shape.partitions,
      onWarning: sessions.onWarning,
      sessions: { ...sessions, maxSessions: Number.POSITIVE_INFINITY },
      openEvents: signals?.openEvents,
      onTaken: (partition) => this.#serve(partition),
      onLost: (partition) => this.#stopServing(partition),
    });
    this.#router = new OwnerRouter({
      connection,
      names: records.names,
      heartbeats,
      node,
      lease,
      held: (index) => this.#ownership.findHeld(index),
      parts: {
        directory: this.#directory,
        identity: this.#identity,
        maxListBytes: () => Math.floor(getMaxPayload(connection) / 4),
      },
      onWarning: sessions.onWarning,
    });
    this.#calls = new SessionCalls({
      directory: this.#directory,
      call: (index, call) => this.#router.call(index, call),
      findPartition: (id) => this.#findSessionPartition(id),
    });
    this.#changes = new ChangeFeed(connection, records.names.changes, node);
    signals?.join({
      partitions: shape.partitions,
      isOwned: (index) => this.#ownership.findHeld(index) !== undefined,
      apply: async (index, sequences) => {
        const call = { operation: 'apply', by: serviceItself, id: '', given: [sequences] };
        return (await this.#router.call(index, call)) as readonly (readonly string[])[];
      },
      begin: () => this.#ownership.start(),
    });
  }

  /** Begins to take partitions, or else events do. Which have an owner is known after a while: see `unready`. */
  async restore(): Promise<void> {
    if (this.#options.signals === undefined) this.#ownership.start();
  }

  get size(): number {
    return this.#indexes.reduce((sum, index) => sum + this.#countSessions(index), 0);
  }

  get isStored(): boolean {
    return performance.now() - this.#options.records.contact < 2 * this.#options.lease;
  }

  unready(): string | undefined {
    if (!this.isStored) return 'the cluster cannot be reached';
    const lost = this.#indexes.find((index) => !this.#ownership.hasOwner(index));
    return lost === undefined ? undefined : `partition ${lost} has no owner`;
  }

  async open(by: SessionCaller, given: string | undefined, request: Members): Promise<SessionView> {
    const { maxSessions } = this.#options.sessions;
    if (this.size >= maxSessions) {
      throw new Problem(503, `no more than ${maxSessions} sessions may be open`, { code: 'full' });
    }
    const id = given ?? randomUUID();
    const index = findPartition(this.#identity.in(request), this.#options.shape.partitions);
    const opened = await this.#router.call(index, { operation: 'open', by, id, given: [request] });
    this.#directory.remember(id, index);
    return readView(opened);
  }

  async view(by: SessionCaller, id: string): Promise<SessionView> {
    return readView(await this.#calls.call('view', by, id));
  }

  async list(by: SessionCaller, after: string, limit: number): Promise<SessionPage> {
    const found = await this.#callAll({ operation: 'list', by, id: '', given: [after, limit] });
    const pages = found as readonly SessionPage[];
    // A partition may list fewer than it has: no session after these may be listed before the others of the partition.
    const ends = pages.flatMap(({ sessions, hasMore }) =>
      hasMore ? [sessions.at(-1)?.id ?? ''] : [],
    );
    const all = pages
      .flatMap(({ sessions }) => sessions)
      .filter(({ id }) => ends.every((end) => id <= end))
      .sort(compareById);
    const sessions = all.slice(0, limit).map(readView);
    return { sessions, hasMore: all.length > limit || ends.length > 0 };
  }

  async count(by: SessionCaller): Promise<number> {
    const counts = await this.#callAll({ operation: 'count', by, id: '', given: [] });
    return (counts as readonly number[]).reduce((sum, count) => sum + count, 0);
  }

  #callAll(call: OwnerCall): Promise<readonly unknown[]> {
    return Promise.all(this.#indexes.map((index) => this.#router.call(index, call)));
  }

  async read(by: SessionCaller, id: string): Promise<SessionWithFacts> {
    const read = await this.#calls.call('read', by, id);
    return { ...readView(read), facts: (read as SessionWithFacts).facts };
  }

  async request(by: SessionCaller, id: string): Promise<Members> {
    return (await this.#calls.call('request', by, id)) as Members;
  }

  async patch(by: SessionCaller, id: string, part: Members): Promise<SessionView> {
    return readView(await this.#calls.call('patch', by, id, part));
  }

  async signal(
    by: SessionCaller,
    id: string,
    name: string,
    payload: Members,
    time: number | undefined,
  ): Promise<SessionView> {
    return readView(await this.#calls.call('signal', by, id, name, payload, time ?? null));
  }

  async approve(by: SessionCaller, id: string, approval: GivenApproval): Promise<SessionView> {
    return readView(await this.#calls.call('approve', by, id, approval));
  }

  decide(
    by: SessionCaller,
    id: string,
    query: Members,
    options: QueryOptions = {},
  ): Promise<Answer> {
    return this.#storeDecision('decide', by, id, query, options);
  }

  decideQuery(
    by: SessionCaller,
    id: string,
    request: Members,
    options: QueryOptions = {},
  ): Promise<Answer> {
    return this.#storeDecision('decideFor', by, id, request, options);
  }

  consider(
    by: SessionCaller,
    id: string,
    request: Members,
    options: Pick<QueryOptions, 'vouched'> = {},
  ): Promise<Answer> {
    return this.#storeDecision('consider', by, id, request, options);
  }

  async close(by: SessionCaller, id: string): Promise<void> {
    await this.#calls.call('close', by, id);
  }

  listen(listener: SessionListener): () => void {
    return this.#changes.listen(listener);
  }

  /** The preview covers the partitions of this node; every node has its own. */
  preview(next: PolicyModule): SessionsPreview {
    this.#expectWholeHistory(next);
    return combinePreviews(
      [...this.#ownership.owned].map(({ sessions }) => sessions.preview(next)),
    );
  }

  #expectWholeHistory({ policy: { manifest } }: PolicyModule): void {
    const { records, shape } = this.#options;
    expectWholeHistory(manifest.sessions, shape, records.maxValueBytes);
  }

  async end(): Promise<void> {
    await this.#ownership.end();
    this.#router.end();
    this.#changes.end();
    this.#options.heartbeats.close();
  }

  get #indexes(): readonly number[] {
    return Array.from({ length: this.#options.shape.partitions }, (_, index) => index);
  }

  #countSessions(index: number): number {
    const heldPartition = this.#ownership.findHeld(index);
    return heldPartition?.sessions.size ?? this.#options.heartbeats.lease(index)?.sessions ?? 0;
  }

  /** A decision of a session; a session that does not exist is a problem, as elsewhere. */
  async #storeDecision(
    operation: string,
    by: SessionCaller,
    id: string,
    given: Members,
    { vouched = [], onDecided }: QueryOptions,
  ): Promise<Answer> {
    try {
      const wantsRequest = onDecided !== undefined;
      const reply = await this.#calls.call(operation, by, id, given, vouched, wantsRequest);
      const { decided_request: request, ...answer } = reply as DecidedReply;
      const made = toAnswer(answer);
      if (request === undefined || onDecided === undefined) return made;
      return onDecided({ answer: made, request, module: undefined });
    } catch (error) {
      if (error instanceof Problem && error.status !== 503) throw error;
      return createRefusalAnswer('state_unavailable', formatErrorMessage(error));
    }
  }

  /** The partition of this node that has a session. */
  #findSessionPartition(id: string): number | undefined {
    for (const { index, sessions } of this.#ownership.owned) if (sessions.has(id)) return index;
    return undefined;
  }

  #serve(partition: OwnedPartition): void {
    this.#router.serve(partition);
    partition.sessions.listen((event) => {
      if (partition.isHeld) this.#changes.publish(event);
    });
    this.#options.signals?.noteChange(partition.index);
  }

  #stopServing(partition: OwnedPartition): void {
    this.#router.stopServing(partition);
    this.#options.signals?.noteChange(partition.index);
  }
}

function readView(value: unknown): SessionView {
  const { id, answer } = value as SessionView;
  return { id, answer: toAnswer(answer) };
}

function compareById({ id: one }: SessionView, { id: other }: SessionView): number {
  return one < other ? -1 : 1;
}
