// Prompts on a terminal: questions go to standard error, and each line of the input is an answer. An invalid answer is
// reported and prompted for again; the end of the input is a UsageError.

import type { Console } from './console.ts';
import { UsageError } from './exit-codes.ts';
import { readRequestLines } from './request-lines.ts';

export type AskQuestion = <T>(
  question: string,
  accept: (answer: string) => T | InvalidReply,
) => Promise<T>;

/** The reason why an answer is invalid. */
export class InvalidReply {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** Runs a conversation, and releases the input when it ends. */
export async function runConversation<T>(
  { input, err }: Console,
  conversation: (ask: AskQuestion) => Promise<T>,
): Promise<T> {
  const lines = readInputLines(input);
  try {
    return await conversation(async (question, accept) => {
      for (;;) {
        err(question);
        const { value, done } = await lines.next();
        if (done === true) throw new UsageError('the input ended before the last answer');
        const accepted = accept(value.trim());
        if (!(accepted instanceof InvalidReply)) return accepted;
        err(`${accepted.why}\n`);
      }
    });
  } finally {
    await lines.return(undefined);
  }
}

async function* readInputLines(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  for await (const batch of readRequestLines(input)) {
    for (const line of batch) yield decoder.decode(line);
  }
  return undefined;
}
