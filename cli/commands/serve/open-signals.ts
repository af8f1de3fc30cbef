// Opens what receives and transmits events, if a file with settings is named.

import { dirname } from 'node:path';
import type { DecisionPoint, Metrics, ServiceOptions, Signals } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readText } from '../../io/files.ts';

export interface SignalCommandOptions {
  readonly signals?: string;
  /** The database of the sessions, which has the events, too. */
  readonly state: string;
}

export interface SignalParts {
  readonly point: DecisionPoint;
  readonly metrics: Metrics;
  readonly url: () => string;
  readonly warn: (warning: string) => void;
}

export interface OpenedSignals {
  readonly signals: Signals | undefined;
  readonly addRoutes: NonNullable<ServiceOptions['addRoutes']>;
  /** Closes the store, after the sessions were closed. */
  readonly close: () => Promise<void>;
}

const none: OpenedSignals = { signals: undefined, addRoutes: () => {}, close: async () => {} };

export async function openSignals(
  options: SignalCommandOptions,
  { point, metrics, url, warn }: SignalParts,
): Promise<OpenedSignals> {
  const { signals: path, state } = options;
  if (path === undefined) return none;
  const { signals: sessions } = point.sessions;
  if (sessions === undefined) throw new UsageError('--signals is not supported with --cluster');
  const service = await import('@nhipol/service');
  const { addSignals, addTransmitter, MappingError, readSignalSettings, SettingsError } = service;
  const store = service.sqliteSignals(state);
  try {
    const signals = await service.Signals.open({
      settings: readSignalSettings(await readText(path), dirname(path)),
      ...{ sessions, policy: () => point.policy, store, url, observer: metrics },
      now: () => Date.now(),
      onWarning: warn,
    });
    return {
      signals,
      addRoutes: (app, access) => {
        addSignals(app, access, signals);
        if (signals.transmitter !== undefined) addTransmitter(app, access, signals.transmitter);
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    if (!(error instanceof SettingsError) && !(error instanceof MappingError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}
