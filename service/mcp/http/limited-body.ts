// Reads a body that must not be longer than a limit, whatever its headers state.

/** Counts bytes that wait among those of all clients. The returned function is called when nothing waits any more. */
export type Hold = (size: () => number) => () => void;

/** Returns `undefined` if the body is longer, and the rest of it is not read. */
export async function readBody(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
  hold: Hold,
): Promise<Buffer | undefined> {
  const read: Uint8Array[] = [];
  let size = 0;
  const release = hold(() => size);
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > maxBytes) return undefined;
      read.push(chunk);
    }
    return Buffer.concat(read);
  } finally {
    release();
  }
}
