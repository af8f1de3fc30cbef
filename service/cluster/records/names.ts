// The subjects of a cluster, and the stream that stores its records.

import { createHash } from 'node:crypto';

export class Names {
  readonly stream: string;
  readonly #prefix: string;

  /** `name`: letters, digits, `-` and `_`. */
  constructor(name: string) {
    this.stream = `NHIPOL_${name}`;
    this.#prefix = `nhipol.${name}`;
  }

  /** The subjects whose messages are stored. */
  get stored(): readonly string[] {
    const stored = ['partition.>', 'session.*', 'approval.>', 'policy', 'set.*', 'outgoing.>'];
    return stored.map((each) => `${this.#prefix}.${each}`);
  }

  /** All records of a partition. */
  partition(index: number): string {
    return `${this.#prefix}.partition.${index}.>`;
  }

  lease(index: number): string {
    return `${this.#prefix}.partition.${index}.lease`;
  }

  /** The state of a session. `kind`: what is stored of it. */
  state(index: number, kind: string, id: string): string {
    return `${this.#prefix}.partition.${index}.state.${toToken(kind)}.${toToken(id)}`;
  }

  states(index: number, kind: string): string {
    return `${this.#prefix}.partition.${index}.state.${toToken(kind)}.*`;
  }

  /** The partition of a session. */
  session(id: string): string {
    return `${this.#prefix}.session.${toToken(id)}`;
  }

  approval(digest: string, id: string): string {
    return `${this.#prefix}.approval.${toToken(digest)}.${toToken(id)}`;
  }

  approvals(digest: string): string {
    return `${this.#prefix}.approval.${toToken(digest)}.*`;
  }

  /** A security event token that was received. */
  set(name: string): string {
    return `${this.#prefix}.set.${toToken(name)}`;
  }

  get sets(): string {
    return `${this.#prefix}.set.*`;
  }

  /** A stream of the transmitter. */
  eventStream(id: string): string {
    return `${this.#prefix}.outgoing.stream.${toToken(id)}`;
  }

  get eventStreams(): string {
    return `${this.#prefix}.outgoing.stream.*`;
  }

  /** A token that waits for the receiver of a stream. */
  outgoing(stream: string, jti: string): string {
    return `${this.#prefix}.outgoing.set.${toToken(stream)}.${toToken(jti)}`;
  }

  allOutgoing(stream: string): string {
    return `${this.#prefix}.outgoing.set.${toToken(stream)}.*`;
  }

  get policy(): string {
    return `${this.#prefix}.policy`;
  }

  /** Messages of nodes about themselves; not stored. */
  get heartbeat(): string {
    return `${this.#prefix}.heartbeat`;
  }

  /** The subject of changed answers, which are not stored. */
  get changes(): string {
    return `${this.#prefix}.changes`;
  }

  /** Ids of streams that have something to send; not stored. */
  get wakes(): string {
    return `${this.#prefix}.wakes`;
  }

  /** Questions to the node that is on duty; not stored. */
  get duty(): string {
    return `${this.#prefix}.duty`;
  }

  /** Questions to a node about the callers of calls that it passed on; not stored. */
  callers(node: string): string {
    return `${this.#prefix}.callers.${node}`;
  }

  /** Calls to the owner of a partition; not stored. `epoch`: the sequence of the lease that made it the owner. */
  calls(index: number, epoch: number): string {
    return `${this.#prefix}.call.${index}.${epoch}`;
  }
}

/** A text as a token of a subject. */
function toToken(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
