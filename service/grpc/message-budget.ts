// Bounds the memory of messages that have begun and not ended, so that senders who wait take a known amount of it:
// in all, and for each sender.

export interface MessageLimits {
  /** The bytes that may wait in all. */
  readonly all: number;
  /** The bytes that may wait for one sender. */
  readonly each: number;
}

const defaultMessageLimits: MessageLimits = { all: 67_108_864, each: 16_777_216 };

export class MessageBudget {
  readonly #limits: MessageLimits;
  readonly #bySender = new Map<string, number>();
  #waiting = 0;

  constructor(limits: MessageLimits = defaultMessageLimits) {
    this.#limits = limits;
  }

  /** A message of a sender that begins. */
  open(sender: string): MessageShare {
    let own = 0;
    return {
      take: (bytes) => {
        const ofSender = (this.#bySender.get(sender) ?? 0) + bytes;
        if (ofSender > this.#limits.each) {
          throw new Error('too many bytes of one sender wait for the rest of their messages');
        }
        if (this.#waiting + bytes > this.#limits.all) {
          throw new Error('too many bytes wait for the rest of their messages');
        }
        own += bytes;
        this.#waiting += bytes;
        this.#bySender.set(sender, ofSender);
      },
      release: () => {
        if (own === 0) return;
        const rest = (this.#bySender.get(sender) ?? 0) - own;
        this.#waiting -= own;
        own = 0;
        if (rest > 0) this.#bySender.set(sender, rest);
        else this.#bySender.delete(sender);
      },
    };
  }
}

export interface MessageShare {
  /** Adds bytes that have arrived. Throws if more of them would wait than may. */
  readonly take: (bytes: number) => void;
  /** The message has arrived, or is given up. */
  readonly release: () => void;
}
