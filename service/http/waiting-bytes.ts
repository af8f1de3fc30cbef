// Bounds the memory of what others send or read slowly. If too many bytes wait, what began first ends first, of the owner
// with more bytes than others: what goes on at once is never among it for long.

export interface WaitingPart {
  /** Whose bytes they are, as far as that is known. */
  readonly owner: string;
  /** The number of bytes that wait now. */
  readonly size: () => number;
  /** Gives up the bytes. */
  readonly end: () => void;
}

/** How often the bytes are added up, in milliseconds. */
const interval = 50;
/** How often an operator learns of parts that ended, in milliseconds. */
const warningInterval = 60_000;

export class WaitingBytes {
  readonly #maxBytes: number;
  readonly #onFull: (owner: string) => void;
  /** In the order in which they began. */
  readonly #parts = new Set<WaitingPart>();
  readonly #timer: ReturnType<typeof setInterval>;
  #warnedAt = Number.NEGATIVE_INFINITY;

  /** `onFull`: called when parts of an owner ended, at most once a minute. */
  constructor(maxBytes: number, onFull: (owner: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onFull = onFull;
    this.#timer = setInterval(() => this.#expectRoom(), interval);
    this.#timer.unref();
  }

  /** The returned function is called when nothing of the part waits any more. */
  add(part: WaitingPart): () => void {
    this.#parts.add(part);
    return () => this.#parts.delete(part);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #expectRoom(): void {
    let total = 0;
    const bytes = new Map<string, number>();
    for (const { owner, size } of this.#parts) {
      const waiting = size();
      total += waiting;
      bytes.set(owner, (bytes.get(owner) ?? 0) + waiting);
    }
    if (total <= this.#maxBytes) return;
    const owners = [...bytes].sort(([, one], [, other]) => other - one);
    for (const [owner] of owners) {
      for (const part of [...this.#parts]) {
        const waiting = part.owner === owner ? part.size() : 0;
        if (waiting === 0) continue;
        total -= waiting;
        this.#parts.delete(part);
        part.end();
        if (total > this.#maxBytes / 2) continue;
        this.#warn(owner);
        return;
      }
    }
  }

  #warn(owner: string): void {
    const now = performance.now();
    if (now - this.#warnedAt < warningInterval) return;
    this.#warnedAt = now;
    this.#onFull(owner);
  }
}
