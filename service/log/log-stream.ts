// A decision log on a stream, such as standard output that a collector reads: appends each entry as one line of JSON,
// linked to the one before. The first line of a process begins a chain.

import type { Writable } from 'node:stream';
import type { DecisionLog } from './log-file.ts';
import { createLogEnd, createNextLine } from './next-line.ts';

/** Bytes that wait for the reader. With more, lines are refused: the reader has stopped. */
const maxWaiting = 16 * 1024 * 1024;

export function streamLog(stream: Writable): DecisionLog {
  let end = createLogEnd();
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    append: (entry, now) => {
      if (failure !== undefined) throw failure;
      if (stream.writableLength > maxWaiting) throw new Error('the reader of the log has stopped');
      const next = createNextLine(entry, now, end);
      stream.write(`${next.line}\n`);
      end = next.end;
      return next.id;
    },
    close: () =>
      new Promise((resolve) => {
        stream.write('', () => resolve());
      }),
  };
}
