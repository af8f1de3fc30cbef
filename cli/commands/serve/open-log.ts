// Opens the decision log of a service, and sends it to a collector if there is one.

import { resolve } from 'node:path';
import type { DecisionLog, LogFileOptions, Shipping, SinkFormat, Store } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';
import { openGuardLog } from '../guard/state/open-log.ts';

/** Standard output is for collectors that read it there, as collectors of containers do. */
export async function openLog(
  path: string | undefined,
  options: LogFileOptions,
): Promise<DecisionLog | undefined> {
  if (path === undefined) return undefined;
  if (path !== '-') return openGuardLog(path, options);
  const { streamLog } = await import('@nhipol/service');
  return streamLog(process.stdout);
}

export interface CollectorOptions {
  readonly log?: string;
  readonly logTo?: string;
  readonly logToFormat: SinkFormat;
  readonly logToToken?: string;
}

/** Throws a `UsageError` for a collector without a log file, or with a password, which would not be sent. */
export function expectCollector({ log, logTo }: CollectorOptions): void {
  if (logTo === undefined) return;
  if (log === undefined || log === '-') throw new UsageError('--log-to needs --log FILE');
  if (!URL.canParse(logTo) || !/^https?:/.test(logTo)) {
    throw new UsageError('--log-to: expected a URL of HTTP');
  }
  const { username, password } = new URL(logTo);
  if (username !== '' || password !== '') {
    throw new UsageError(
      '--log-to: expected a URL without a user and a password; use --log-to-token for a token',
    );
  }
}

/** Returns `undefined` if the log is not sent. `expectCollector` checked the options. */
export async function openShipping(
  { log, logTo, logToFormat, logToToken }: CollectorOptions,
  store: Store,
  onWarning: (warning: string) => void,
): Promise<Shipping | undefined> {
  if (log === undefined || logTo === undefined) return undefined;
  const { anyDestination, DestinationError, shipLog } = await import('@nhipol/service');
  if (logToToken !== undefined) {
    try {
      anyDestination.expect(new URL(logTo));
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error;
      throw new UsageError(`--log-to with --log-to-token: ${error.message}`);
    }
  }
  const token = logToToken === undefined ? undefined : await readCollectorToken(logToToken);
  return shipLog({
    path: resolve(log),
    url: logTo,
    format: logToFormat,
    positions: store,
    onWarning,
    ...(token === undefined ? {} : { token }),
  });
}

/** The token of a file. Throws a `UsageError` for one that contains none. */
export async function readCollectorToken(path: string): Promise<string> {
  const token = (await readInputText(path)).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UsageError(`${path} contains no token: expected one line without spaces`);
}
