// Reads a connection: its first line, and the rest of it.

import type { Socket } from 'node:net';

const lineFeed = 0x0a;

/** Returns `undefined` if the connection ended, or the line is longer. The bytes after the line stay in the socket. */
export function readFirstLine(socket: Socket, maxBytes: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (line: string | undefined) => {
      socket.off('readable', read).off('end', fail).off('close', fail);
      resolve(line);
    };
    const fail = () => finish(undefined);
    const read = () => {
      for (;;) {
        const chunk: Buffer | null = socket.read();
        if (chunk === null) return;
        const end = chunk.indexOf(lineFeed);
        chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
        size += chunk.length;
        if (end >= 0) {
          if (end + 1 < chunk.length) socket.unshift(chunk.subarray(end + 1));
          finish(Buffer.concat(chunks).toString());
          return;
        }
        if (size > maxBytes) {
          fail();
          return;
        }
      }
    };
    socket.on('readable', read).once('end', fail).once('close', fail);
  });
}

/** All bytes until the other side ends, or `undefined` if there are more. */
export function readRest(socket: Socket, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    socket.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    socket.once('end', () => resolve(Buffer.concat(chunks)));
    socket.once('close', () => resolve(undefined));
  });
}
