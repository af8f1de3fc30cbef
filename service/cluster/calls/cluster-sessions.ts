// The sessions of a cluster as one node sees them: each operation goes to the owner of the session's partition, which may
// be this node. Without an owner nothing is permitted.

import { randomUUID } from 'node:crypto';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { type Answer, stringify } from '@nhipol/runtime';
import { refusal } from '../../engine/answers.ts';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import type {
  GivenApproval,
  SessionEvent,
  SessionHost,
  SessionHostOptions,
  SessionListener,
  SessionPage,
  SessionsPreview,
  SessionView,
} from '../../pdp/session-host.ts';
import { messageOf } from '../../support/message-of.ts';
import { ClusterError } from '../cluster-error.ts';
import type { Heartbeats } from '../partitions/heartbeats.ts';
import type { OwnedPartition } from '../partitions/owned-partition.ts';
import { Ownership } from '../partitions/ownership.ts';
import type { ClusterShape, Records } from '../records/records.ts';
import { Directory } from './directory.ts';
import { IdentityKey, partitionOf } from './identity.ts';
import { performCall } from './owner-calls.ts';
import { combinedPreview } from './previews.ts';
import {
  answerIn,
  type Call,
  type Reply,
  readCall,
  readReply,
  valueIn,
  writeCall,
  writeReply,
} from './wire.ts';

export interface ClusterSessionsOptions {
  readonly connection: NatsConnection;
  readonly records: Records;
  readonly node: string;
  readonly shape: ClusterShape;
  /** Whether all events that a term across sessions counts are in one partition. */
  readonly isHistoryWhole: boolean;
  /** How long a lease is valid, in milliseconds. */
  readonly lease: number;
  readonly heartbeats: Heartbeats;
  /** The sequence of the policy that this node uses. */
  readonly policy: () => number;
  readonly sessions: SessionHostOptions;
}

/** How often an owner is looked for while there is none, in milliseconds. */
const searchInterval = 20;

export class ClusterSessions implements SessionHost {
  readonly #options: ClusterSessionsOptions;
  readonly #identity: IdentityKey;
  readonly #directory: Directory;
  readonly #ownership: Ownership;
  readonly #listeners = new Set<SessionListener>();
  readonly #subscriptions = new Map<OwnedPartition, Subscription>();
  readonly #changes: Subscription;

  constructor(options: ClusterSessionsOptions) {
    const { connection, records, node, shape, lease, heartbeats, sessions, policy } = options;
    this.#options = options;
    this.#expectWholeHistory(sessions.policy());
    this.#identity = new IdentityKey(shape.identity);
    this.#directory = new Directory(records);
    this.#ownership = new Ownership({
      ...{ records, heartbeats, node, lease, policy },
      ...{ partitions: shape.partitions, onWarning: sessions.onWarning },
      sessions: { ...sessions, maxSessions: Number.POSITIVE_INFINITY },
      onTaken: (partition) => this.#serve(partition),
      onLost: (partition) => this.#stopServing(partition),
    });
    this.#changes = connection.subscribe(records.names.changes, {
      callback: (error, message) => {
        if (error === null) this.#received(readReply(message.data) as unknown as SentChange);
      },
    });
  }

  /** Begins to take partitions. Which have an owner is known after a while: see `unready`. */
  async restore(): Promise<void> {
    this.#ownership.start();
  }

  get size(): number {
    return this.#indexes.reduce((sum, index) => sum + this.#sizeOf(index), 0);
  }

  get isStored(): boolean {
    return performance.now() - this.#options.records.contact < 2 * this.#options.lease;
  }

  unready(): string | undefined {
    if (!this.isStored) return 'the cluster cannot be reached';
    const lost = this.#indexes.find((index) => !this.#ownership.hasOwner(index));
    return lost === undefined ? undefined : `partition ${lost} has no owner`;
  }

  async open(given: string | undefined, request: Members): Promise<SessionView> {
    const { maxSessions } = this.#options.sessions;
    if (this.size >= maxSessions) {
      throw new Problem(503, `no more than ${maxSessions} sessions may be open`, { code: 'full' });
    }
    const id = given ?? randomUUID();
    const index = partitionOf(this.#identity.in(request), this.#options.shape.partitions);
    const opened = await this.#call(index, { operation: 'open', id, given: [request] });
    this.#directory.remember(id, index);
    return viewIn(opened);
  }

  async view(id: string): Promise<SessionView> {
    return viewIn(await this.#callFor('view', id));
  }

  async list(after: string, limit: number): Promise<SessionPage> {
    const call = { operation: 'list', id: '', given: [after, limit] };
    const found = await Promise.all(this.#indexes.map((index) => this.#call(index, call)));
    const pages = found as readonly SessionPage[];
    const all = pages.flatMap(({ sessions }) => sessions).sort(byId);
    const sessions = all.slice(0, limit).map(viewIn);
    const hasMore = all.length > limit || pages.some((page) => page.hasMore);
    return { sessions, hasMore };
  }

  async facts(id: string): Promise<Members> {
    return (await this.#callFor('facts', id)) as Members;
  }

  async request(id: string): Promise<Members> {
    return (await this.#callFor('request', id)) as Members;
  }

  async patch(id: string, part: Members): Promise<SessionView> {
    return viewIn(await this.#callFor('patch', id, part));
  }

  async signal(
    id: string,
    name: string,
    payload: Members,
    time: number | undefined,
  ): Promise<SessionView> {
    return viewIn(await this.#callFor('signal', id, name, payload, time ?? null));
  }

  async approve(id: string, approval: GivenApproval): Promise<SessionView> {
    return viewIn(await this.#callFor('approve', id, approval));
  }

  decide(id: string, query: Members): Promise<Answer> {
    return this.#decided('decide', id, query);
  }

  decideFor(id: string, request: Members): Promise<Answer> {
    return this.#decided('decideFor', id, request);
  }

  async close(id: string): Promise<void> {
    await this.#callFor('close', id);
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The preview covers the partitions of this node; every node has its own. */
  preview(next: PolicyModule): SessionsPreview {
    this.#expectWholeHistory(next);
    return combinedPreview(
      [...this.#ownership.owned].map(({ sessions }) => sessions.preview(next)),
    );
  }

  /** Throws if terms across sessions would miss the events of other partitions, and so permit too much. */
  #expectWholeHistory({ policy: { manifest } }: PolicyModule): void {
    if (manifest.sessions?.shared_bytes === undefined || this.#options.isHistoryWhole) return;
    throw new ClusterError(
      'the policy has terms across sessions: name the member of the subject that is their key as the identity, or use one partition',
    );
  }

  async end(): Promise<void> {
    await this.#ownership.end();
    this.#changes.unsubscribe();
    this.#options.heartbeats.close();
  }

  get #indexes(): readonly number[] {
    return Array.from({ length: this.#options.shape.partitions }, (_, index) => index);
  }

  #sizeOf(index: number): number {
    const own = this.#ownership.held(index);
    return own?.sessions.size ?? this.#options.heartbeats.lease(index)?.sessions ?? 0;
  }

  /** A decision of a session; a session that does not exist is a problem, as elsewhere. */
  async #decided(operation: string, id: string, given: Members): Promise<Answer> {
    try {
      return answerIn((await this.#callFor(operation, id, given)) as Answer);
    } catch (error) {
      if (error instanceof Problem && error.status !== 503) throw error;
      return refusal('state_unavailable', messageOf(error));
    }
  }

  /** Calls the owner of a session. */
  async #callFor(operation: string, id: string, ...given: readonly unknown[]): Promise<unknown> {
    const call = { operation, id, given };
    const index = await this.#find(id, false);
    if (index === undefined) return missing(operation);
    try {
      return await this.#call(index, call);
    } catch (error) {
      if (!(error instanceof Problem) || error.details.code !== 'no_session') throw error;
      // The id may have been given to a session of another identity.
      const current = await this.#find(id, true);
      if (current === undefined || current === index) throw error;
      return this.#call(current, call);
    }
  }

  async #find(id: string, isFresh: boolean): Promise<number | undefined> {
    if (!isFresh) {
      for (const { index, sessions } of this.#ownership.owned) if (sessions.has(id)) return index;
    }
    try {
      return await this.#directory.find(id, isFresh);
    } catch (error) {
      throw new Problem(503, `the cluster cannot be reached: ${messageOf(error)}`, {
        code: 'state_unavailable',
      });
    }
  }

  /** Looks for an owner for as long as another node needs to take a lease. Only what was not done is repeated. */
  async #call(index: number, call: Call): Promise<unknown> {
    const end = performance.now() + this.#options.lease;
    let bytes: Uint8Array | undefined;
    for (;;) {
      const own = this.#ownership.held(index);
      if (own === undefined) bytes ??= writeCall(call);
      const reply =
        own === undefined
          ? await this.#forward(index, bytes ?? writeCall(call))
          : await performCall(own, call, { directory: this.#directory, identity: this.#identity });
      if (reply.kind !== 'notOwner') return valueIn(reply);
      if (performance.now() > end) {
        throw new Problem(503, `partition ${index} has no owner`, { code: 'state_unavailable' });
      }
      await new Promise((resolve) => setTimeout(resolve, searchInterval));
    }
  }

  async #forward(index: number, bytes: Uint8Array): Promise<Reply> {
    const { connection, heartbeats, records, lease, node } = this.#options;
    const observed = heartbeats.lease(index);
    if (observed?.epoch === undefined || observed.node === node) return { kind: 'notOwner' };
    const { epoch } = observed;
    try {
      const subject = records.names.calls(index, epoch);
      const reply = await connection.request(subject, bytes, { timeout: lease });
      return readReply(reply.data);
    } catch (error) {
      if ((error as Error).name === 'NoRespondersError' || hasNoResponders(error)) {
        heartbeats.forgetOwner(index, epoch);
        return { kind: 'notOwner' };
      }
      throw new Problem(503, `the owner of partition ${index} does not answer`, {
        code: 'state_unavailable',
      });
    }
  }

  #serve(partition: OwnedPartition): void {
    const { connection, records } = this.#options;
    const { index, epoch, sessions } = partition;
    const parts = { directory: this.#directory, identity: this.#identity };
    const subscription = connection.subscribe(records.names.calls(index, epoch), {
      callback: (error, message) => {
        if (error !== null) return;
        void performCall(partition, readCall(message.data), parts).then((reply) =>
          message.respond(writeReply(reply)),
        );
      },
    });
    this.#subscriptions.set(partition, subscription);
    sessions.listen((event) => {
      if (partition.isHeld) this.#publish(event);
    });
  }

  #stopServing(partition: OwnedPartition): void {
    this.#subscriptions.get(partition)?.unsubscribe();
    this.#subscriptions.delete(partition);
  }

  #publish(what: SessionEvent): void {
    const { connection, records, node } = this.#options;
    this.#notify(what);
    if (!connection.isClosed())
      connection.publish(records.names.changes, stringify({ node, what }));
  }

  #received({ node, what }: SentChange): void {
    if (node === this.#options.node) return;
    const { kind } = what;
    if (kind === 'closed') this.#notify(what);
    else this.#notify({ kind, change: { ...what.change, answer: answerIn(what.change.answer) } });
  }

  #notify(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

interface SentChange {
  readonly node: string;
  readonly what: SessionEvent;
}

function viewIn(value: unknown): SessionView {
  const { id, answer } = value as SessionView;
  return { id, answer: answerIn(answer) };
}

function byId({ id: one }: SessionView, { id: other }: SessionView): number {
  return one < other ? -1 : 1;
}

/** As a node that has all sessions answers. */
function missing(operation: string): unknown {
  if (operation === 'request') return {};
  if (operation === 'decideFor') return refusal('no_session', 'no session with this id is open');
  throw new Problem(404, 'no session with this id is open', { code: 'no_session' });
}

function hasNoResponders(error: unknown): boolean {
  const { isNoResponders } = error as { readonly isNoResponders?: () => boolean };
  return typeof isNoResponders === 'function' && isNoResponders.call(error);
}
