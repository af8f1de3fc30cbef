// Splits a stream of bytes into lines, without copying lines that arrive in one chunk.

export interface LineReader {
  readonly read: (chunk: Buffer) => void;
  /** The stream ended. Returns whether it ended within a line, which is dropped. */
  readonly end: () => boolean;
}

const lineFeed = 0x0a;

/** `onLine` gets each line without its line feed. A longer line is dropped as it arrives, and `onLong` is called once. */
export function createLineReader(
  maxBytes: number,
  onLine: (line: Uint8Array) => void,
  onLong: () => void,
): LineReader {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer) => {
    size += part.length;
    if (size <= maxBytes) parts.push(part);
    else parts = [];
  };
  const finish = () => {
    const [first] = parts;
    if (size > maxBytes) onLong();
    else if (first !== undefined && size > 0)
      onLine(parts.length === 1 ? first : Buffer.concat(parts));
    parts = [];
    size = 0;
  };
  return {
    read: (chunk) => {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(lineFeed, start);
        if (end < 0) break;
        add(chunk.subarray(start, end));
        finish();
        start = end + 1;
      }
      if (start < chunk.length) add(chunk.subarray(start));
    },
    end: () => size > 0,
  };
}
