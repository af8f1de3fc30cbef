// Brings calls to the owner of a partition, which may be this node, and answers the calls of other nodes.

import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { Problem } from '../../pdp/problem.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Heartbeats } from '../partitions/heartbeats.ts';
import type { OwnedPartition } from '../partitions/owned-partition.ts';
import type { Names } from '../records/names.ts';
import { ForwardedCallers } from './forwarded-callers.ts';
import { type OwnerParts, performCall } from './owner-calls.ts';
import {
  createErrorReply,
  type OwnerCall,
  type OwnerReply,
  readReply,
  readReplyValue,
  readWire,
  type WireCaller,
  writeReply,
  writeWire,
} from './wire.ts';

export interface RouterOptions {
  readonly connection: NatsConnection;
  readonly names: Names;
  readonly heartbeats: Heartbeats;
  readonly node: string;
  /** How long a lease is valid, in milliseconds. */
  readonly lease: number;
  /** The partition if this node owns it and can answer calls. */
  readonly held: (index: number) => OwnedPartition | undefined;
  readonly parts: OwnerParts;
  readonly onWarning: (warning: string) => void;
}

/** How often an owner is looked for while there is none, in milliseconds. */
const searchInterval = 20;
/** The bytes of a message that every server accepts. */
const minPayload = 65_536;

export class OwnerRouter {
  readonly #options: RouterOptions;
  readonly #callers: ForwardedCallers;
  readonly #subscriptions = new Map<OwnedPartition, Subscription>();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#callers = new ForwardedCallers(options);
  }

  /**
   * Looks for an owner for as long as another node needs to take a lease. Only what was not done is repeated. Throws a
   * `Problem`.
   */
  call(index: number, call: OwnerCall): Promise<unknown> {
    return this.#callers.forward(call.by, (caller) => this.#callOwner(index, call, caller));
  }

  async #callOwner(index: number, call: OwnerCall, caller: WireCaller): Promise<unknown> {
    const { held, lease, parts } = this.#options;
    const end = performance.now() + lease;
    for (;;) {
      const heldPartition = held(index);
      const reply =
        heldPartition === undefined
          ? await this.#forward(index, writeWire({ ...call, by: caller }))
          : await performCall(heldPartition, call, parts);
      if (reply.kind !== 'notOwner') return readReplyValue(reply);
      if (performance.now() > end) {
        throw new Problem(503, `partition ${index} has no owner`, { code: 'state_unavailable' });
      }
      await new Promise((resolve) => setTimeout(resolve, searchInterval));
    }
  }

  async #forward(index: number, bytes: Uint8Array): Promise<OwnerReply> {
    const { connection, heartbeats, names, lease, node } = this.#options;
    const observed = heartbeats.lease(index);
    if (observed?.epoch === undefined || observed.node === node) return { kind: 'notOwner' };
    const { epoch } = observed;
    try {
      const subject = names.calls(index, epoch);
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

  /** Answers calls to a partition that this node has taken. */
  serve(partition: OwnedPartition): void {
    const { connection, names, onWarning } = this.#options;
    const { index, epoch } = partition;
    const subscription = connection.subscribe(names.calls(index, epoch), {
      callback: (error, message) => {
        if (error !== null) return;
        void this.#answer(partition, message).catch((problem) =>
          onWarning(`a call of another node is not answered: ${formatErrorMessage(problem)}`),
        );
      },
    });
    this.#subscriptions.set(partition, subscription);
  }

  /** A reply that is longer than a message may be is a problem; the server would refuse it. */
  async #answer(partition: OwnedPartition, message: Msg): Promise<void> {
    const { connection, parts } = this.#options;
    const { by, ...call } = readWire(message.data) as OwnerCall<WireCaller>;
    const received = { ...call, by: this.#callers.receive(by) };
    const reply = writeReply(await performCall(partition, received, parts));
    const most = getMaxPayload(connection);
    if (reply.length <= most) message.respond(reply);
    else {
      const detail = `the answer has ${reply.length} bytes, and a message of NATS at most ${most}`;
      message.respond(
        writeReply(createErrorReply(new Problem(503, detail, { code: 'too_large' }))),
      );
    }
  }

  end(): void {
    this.#callers.end();
  }

  stopServing(partition: OwnedPartition): void {
    this.#subscriptions.get(partition)?.unsubscribe();
    this.#subscriptions.delete(partition);
  }
}

function hasNoResponders(error: unknown): boolean {
  const { isNoResponders } = error as { readonly isNoResponders?: () => boolean };
  return typeof isNoResponders === 'function' && isNoResponders.call(error);
}

/** The bytes that a message may have. */
export function getMaxPayload({ info }: NatsConnection): number {
  return info?.max_payload ?? minPayload;
}
