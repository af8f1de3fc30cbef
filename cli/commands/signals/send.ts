// Implements `nhipol signals send`: signs one event, and pushes or prints it.

import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { openSender, type SenderOptions } from './sender.ts';

export interface SendCommandOptions extends SenderOptions {
  readonly type: string;
  readonly subject: string;
  readonly claim: readonly string[];
  readonly txn?: string;
  readonly print: boolean;
}

export async function sendCommand(
  options: SendCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const { type, txn, print } = options;
  const [subject, claims] = [await parseEventSubject(options.subject), parseClaims(options.claim)];
  const sender = await openSender(options);
  const token = await sender.sign({ type, subject, claims, txn });
  if (print) {
    await console.out(`${token}\n`);
    return exitCode.fine;
  }
  const refusal = await sender.push(token);
  if (refusal === undefined) {
    await console.out(`the receiver accepted ${type}\n`);
    return exitCode.fine;
  }
  console.notify('nhipol signals send', refusal);
  return exitCode.findings;
}

async function parseEventSubject(text: string) {
  if (!text.startsWith('{')) return { format: 'opaque', id: text };
  const { readSubject, SubjectError } = await import('@nhipol/service');
  try {
    const subject: unknown = JSON.parse(text);
    readSubject(subject);
    return subject as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof SubjectError)) throw error;
    throw new UsageError(`--subject: ${error.message}`);
  }
}

function parseClaims(texts: readonly string[]) {
  const claims = texts.map((text) => {
    const index = text.indexOf('=');
    if (index < 1) throw new UsageError(`--claim ${text}: expected a name and a value`);
    return [text.slice(0, index), parseValue(text.slice(index + 1))] as const;
  });
  return { event_timestamp: Math.floor(Date.now() / 1_000), ...Object.fromEntries(claims) };
}

/** A value that is not JSON is a string. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
