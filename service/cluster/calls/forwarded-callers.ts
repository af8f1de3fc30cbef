// The callers of calls that another node performs. Who may call is known where the request arrived: a call that waited at the
// owner takes effect after that node has identified its caller again.

import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { Problem } from '../../pdp/problem.ts';
import { confirmCaller, type SessionCaller } from '../../pdp/sessions/session-caller.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Names } from '../records/names.ts';
import {
  createErrorReply,
  readReply,
  readReplyValue,
  readWire,
  toWireCaller,
  type WireCaller,
  writeReply,
  writeWire,
} from './wire.ts';

export interface ForwardedCallersOptions {
  readonly connection: NatsConnection;
  readonly names: Names;
  readonly node: string;
  /** How long another node may take to answer, in milliseconds. */
  readonly lease: number;
  readonly onWarning: (warning: string) => void;
}

export class ForwardedCallers {
  readonly #options: ForwardedCallersOptions;
  readonly #subscription: Subscription;
  /** The callers whose calls other nodes perform. */
  readonly #callers = new Map<number, SessionCaller>();
  #count = 0;

  constructor(options: ForwardedCallersOptions) {
    const { connection, names, node, onWarning } = options;
    this.#options = options;
    this.#subscription = connection.subscribe(names.callers(node), {
      callback: (error, message) => {
        if (error !== null) return;
        void this.#answer(message).catch((problem) =>
          onWarning(`a caller is not confirmed: ${formatErrorMessage(problem)}`),
        );
      },
    });
  }

  /** Performs a call at another node, which may confirm the caller until the call is answered. */
  async forward<Result>(
    by: SessionCaller,
    perform: (caller: WireCaller) => Promise<Result>,
  ): Promise<Result> {
    if (by.standing === undefined) return perform(toWireCaller(by));
    this.#count += 1;
    const number = this.#count;
    this.#callers.set(number, by);
    try {
      return await perform({ ...toWireCaller(by), node: this.#options.node, number });
    } finally {
      this.#callers.delete(number);
    }
  }

  /** The caller of a call that arrived. */
  receive(caller: WireCaller): SessionCaller {
    const { node, number, ...by } = caller;
    if (node === undefined || number === undefined) return by;
    let isFresh = true;
    // A call that does not wait takes effect before anything else arrives.
    setImmediate(() => {
      isFresh = false;
    });
    const identify = async () =>
      this.receive({ ...(await this.#confirm(node, number)), node, number });
    return { ...by, standing: { isCurrent: () => isFresh, identify } };
  }

  end(): void {
    this.#subscription.unsubscribe();
  }

  async #confirm(node: string, number: number): Promise<WireCaller> {
    const { connection, names, lease } = this.#options;
    try {
      const request = writeWire({ number });
      const reply = await connection.request(names.callers(node), request, { timeout: lease });
      const read = readReply(reply.data);
      if (read.kind === 'notOwner') throw new Error('the call has ended');
      return readReplyValue(read) as WireCaller;
    } catch (error) {
      if (error instanceof Problem) throw error;
      const why = `the caller cannot be identified again: ${formatErrorMessage(error)}`;
      throw new Problem(503, why, { code: 'state_unavailable' });
    }
  }

  async #answer(message: Msg): Promise<void> {
    const { number } = readWire(message.data) as { readonly number: number };
    const caller = this.#callers.get(number);
    try {
      if (caller === undefined) throw new Error('the call has ended');
      const value = toWireCaller(await confirmCaller(caller));
      message.respond(writeReply({ kind: 'value', value }));
    } catch (error) {
      message.respond(writeReply(createErrorReply(error)));
    }
  }
}
