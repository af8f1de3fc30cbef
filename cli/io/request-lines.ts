// Reads requests from a stream of bytes: one, or one per line. Of a request that is too large for any policy, only the
// first bytes are kept, which are enough to reject it.

const maxBytes = 1024 * 1024;
const newline = 0x0a;

/** Reads the whole stream as one request. */
export async function readRequest(input: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const line = new Line(maxBytes);
  for await (const chunk of input) {
    line.add(chunk);
    if (line.isFull) break;
  }
  return line.take();
}

/**
 * Yields the lines of a stream without their line ends, in batches as they arrive. Empty lines count; the last line may
 * have no line end. `limit`: bytes of a line that are kept; default: the limit of a request.
 */
export async function* readRequestLines(
  input: AsyncIterable<Uint8Array>,
  limit = maxBytes,
): AsyncGenerator<readonly Uint8Array[]> {
  const line = new Line(limit);
  let isOpen = false;
  for await (const chunk of input) {
    const complete: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      line.add(chunk.subarray(start, end));
      complete.push(line.take());
      start = end + 1;
    }
    line.add(chunk.subarray(start));
    isOpen = start < chunk.length || (isOpen && complete.length === 0);
    if (complete.length > 0) yield complete;
  }
  if (isOpen) yield [line.take()];
}

class Line {
  #parts: Uint8Array[] = [];
  #length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#length >= this.#limit;
  }

  add(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, this.#limit - this.#length);
    if (kept.length === 0) return;
    this.#parts.push(kept);
    this.#length += kept.length;
  }

  take(): Uint8Array {
    const [first] = this.#parts;
    const whole = this.#parts.length === 1 && first !== undefined ? first : this.#joinParts();
    this.#parts = [];
    this.#length = 0;
    return whole;
  }

  #joinParts(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
