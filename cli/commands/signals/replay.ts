// Implements `nhipol signals replay`: sends the events that were accepted again, each in a token of its own with the time
// of the original.

import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';
import type { Arrived, ArrivedEvent } from './arrived.ts';
import { openSender, type SenderOptions } from './sender.ts';

export async function replayCommand(
  path: string,
  options: SenderOptions,
  console: Console,
): Promise<ExitCode> {
  const events = parseEvents(await readInputText(path), path);
  const sender = await openSender(options);
  let refused = 0;
  for (const { type, time, subject, claims, txn } of events) {
    const event_timestamp = Date.parse(time) / 1_000;
    const token = await sender.sign({ type, subject, claims: { ...claims, event_timestamp }, txn });
    const refusal = await sender.push(token);
    if (refusal === undefined) continue;
    refused += 1;
    console.notify('nhipol signals replay', `${type}: ${refusal}`);
  }
  await console.out(`${events.length - refused} of ${events.length} events were accepted\n`);
  return refused === 0 ? exitCode.fine : exitCode.findings;
}

function parseEvents(text: string, path: string): readonly ArrivedEvent[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line, index) => {
    try {
      const { outcome, events = [] } = JSON.parse(line) as Arrived;
      return outcome === 'accepted' ? events : [];
    } catch {
      throw new UsageError(`${path}:${index + 1}: this is not JSON`);
    }
  });
}
