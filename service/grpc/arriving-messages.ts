// Bounds what calls take while their message arrives: its time, and the bytes of all messages that have begun and not ended.

import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js';
import { formatErrorMessage } from '../support/message-of.ts';
import type { MessageBudget, MessageShare } from './message-budget.ts';

/** How often messages that take too long are looked for, as a part of the time that they have. */
const interval = 0.1;

interface Arriving {
  readonly since: number;
  readonly refuse: (code: status, details: string) => void;
}

export class ArrivingMessages {
  readonly #budget: MessageBudget;
  readonly #arriving = new Set<Arriving>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** `timeout`: how long a message may take to arrive, in milliseconds. */
  constructor(budget: MessageBudget, timeout: number) {
    this.#budget = budget;
    this.#timer = setInterval(() => this.#look(timeout), timeout * interval);
    this.#timer.unref();
  }

  /** Watches each call until its message is there. */
  get interceptor(): ServerInterceptor {
    return (_method, call) => {
      const share = this.#budget.open(`address ${readAddress(call.getPeer())}`);
      const arriving: Arriving = {
        since: performance.now(),
        refuse: (code, details) => {
          end();
          call.sendStatus({ code, details });
          findStream(call).close();
        },
      };
      const end = () => {
        share.release();
        this.#arriving.delete(arriving);
        findStream(call).off('data', count);
      };
      const count = ({ length }: Uint8Array) => take(share, length, arriving);
      return new ServerInterceptingCall(call, {
        start: (next) => {
          this.#arriving.add(arriving);
          findStream(call).on('data', count).once('close', end);
          next({
            onReceiveMessage: (message, pass) => {
              end();
              pass(message);
            },
          });
        },
      });
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(timeout: number): void {
    const limit = performance.now() - timeout;
    for (const { since, refuse } of this.#arriving) {
      if (since < limit) refuse(status.DEADLINE_EXCEEDED, 'the message has not arrived');
    }
  }
}

function take(share: MessageShare, bytes: number, { refuse }: Arriving): void {
  try {
    share.take(bytes);
  } catch (error) {
    refuse(status.RESOURCE_EXHAUSTED, formatErrorMessage(error));
  }
}

interface Stream {
  on(event: 'data', listener: (chunk: Uint8Array) => void): Stream;
  once(event: 'close', listener: () => void): Stream;
  off(event: 'data', listener: (chunk: Uint8Array) => void): Stream;
  close(): void;
}

/** The stream of HTTP/2, which the types of the library do not show; it has no other way to read what arrives. */
function findStream(call: ServerInterceptingCallInterface): Stream {
  return (call as unknown as { readonly stream: Stream }).stream;
}

/** The address of a peer without its port. */
function readAddress(peer: string): string {
  return peer.replace(/:\d+$/, '');
}
