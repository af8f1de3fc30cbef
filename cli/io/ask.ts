// Prompts on a terminal: questions go to standard error, and each line of the input is an answer. An invalid answer is
// reported and prompted for again; the end of the input is a UsageError.

import type { Console } from './console.ts';
import { UsageError } from './exit-codes.ts';
import { requestLines } from './request-lines.ts';

export type Ask = <T>(question: string, accept: (answer: string) => T | Refused) => Promise<T>;

/** The reason why an answer is invalid. */
export class Refused {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** Runs a conversation, and releases the input when it ends. */
export async function asking<T>(
  { input, err }: Console,
  conversation: (ask: Ask) => Promise<T>,
): Promise<T> {
  const lines = linesOf(input);
  try {
    return await conversation(async (question, accept) => {
      for (;;) {
        err(question);
        const { value, done } = await lines.next();
        if (done === true) throw new UsageError('the input ended before the last answer');
        const accepted = accept(value.trim());
        if (!(accepted instanceof Refused)) return accepted;
        err(`${accepted.why}\n`);
      }
    });
  } finally {
    await lines.return(undefined);
  }
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  for await (const batch of requestLines(input)) {
    for (const line of batch) yield decoder.decode(line);
  }
  return undefined;
}
