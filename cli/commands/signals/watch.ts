// Implements `nhipol signals watch`: follows the events that arrive at a service, and prints each.

import { displayText } from '@nhipol/language/support';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import type { Arrived } from './arrived.ts';

export interface WatchCommandOptions {
  readonly apiKey?: string;
  readonly json: boolean;
  /** `undefined` if it watches until the command is stopped. */
  readonly count?: number;
}

export async function watchCommand(
  url: string,
  options: WatchCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const { apiKey, json, count = Number.POSITIVE_INFINITY } = options;
  if (!URL.canParse(url)) throw new UsageError(`${url}: expected a URL`);
  const { ServiceClient } = await import('@nhipol/service');
  const client = new ServiceClient({
    url,
    ...(apiKey === undefined ? {} : { credentials: { key: apiKey } }),
  });
  let seen = 0;
  try {
    for await (const { event, data } of client.arrivals()) {
      if (event === 'missed') console.notify('nhipol signals watch', 'some events were missed');
      if (event !== 'signal') continue;
      const arrived = data as Arrived;
      await console.out(`${json ? JSON.stringify(arrived) : formatArrived(arrived)}\n`);
      seen += 1;
      if (seen >= count) break;
    }
  } catch (error) {
    throw new UsageError(`cannot watch ${url}: ${(error as Error).message}`);
  } finally {
    client.close();
  }
  return exitCode.fine;
}

function formatArrived(arrived: Arrived): string {
  const { outcome, source } = arrived;
  if (outcome === 'refused') {
    return displayText(`refused   ${source}: ${arrived.err}: ${arrived.description}`);
  }
  const events = (arrived.events ?? []).map(
    ({ type, subject }) => `${type.slice(type.lastIndexOf('/') + 1)} ${JSON.stringify(subject)}`,
  );
  const sessions = arrived.sessions === 1 ? '1 session' : `${arrived.sessions} sessions`;
  return displayText(`${outcome.padEnd(9)} ${source}: ${events.join(', ')}: ${sessions}`);
}
