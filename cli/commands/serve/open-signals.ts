// Opens what receives and transmits events, if a file with settings is named.

import { dirname } from 'node:path';
import type {
  DecisionPoint,
  Metrics,
  ServiceOptions,
  SignalSettings,
  Signals,
  StateFile,
} from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import { UsageError } from '../../io/exit-codes.ts';
import { readText } from '../../io/files.ts';

export interface SignalCommandOptions {
  readonly signals?: string;
}

export interface SignalParts {
  readonly point: DecisionPoint;
  /** The state of the sessions, which has the events, too; undefined: a cluster has them itself. */
  readonly state: StateFile | undefined;
  /** undefined: this process has all sessions. */
  readonly cluster: Cluster | undefined;
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
  { point, state, cluster, metrics, url, warn }: SignalParts,
): Promise<OpenedSignals> {
  const { signals: path } = options;
  if (path === undefined) return none;
  const { addSignals, addTransmitter, Signals, sqliteSignals } = await import('@nhipol/service');
  const common = {
    ...{ policy: () => point.policy, url, observer: metrics, onWarning: warn },
    now: () => Date.now(),
  };
  const store = cluster === undefined && state !== undefined ? sqliteSignals(state) : undefined;
  try {
    const signals = await signalsBy(path, (settings) =>
      store === undefined
        ? Signals.open({ ...common, settings, ...placeIn(cluster) })
        : Signals.open({ ...common, settings, store, sessions: sessionsOf(point) }),
    );
    return {
      signals,
      addRoutes: (app, access, admissions) => {
        addSignals(app, access, admissions, signals);
        const { transmitter } = signals;
        if (transmitter !== undefined) addTransmitter(app, access, admissions, transmitter);
      },
      close: async () => store?.close(),
    };
  } catch (error) {
    await store?.close();
    throw error;
  }
}

/** Opens signals by the settings of a file. Throws a `UsageError` for settings that cannot be used. */
export async function signalsBy(
  path: string,
  open: (settings: SignalSettings) => Promise<Signals>,
): Promise<Signals> {
  const { MappingError, readSignalSettings, SettingsError } = await import('@nhipol/service');
  try {
    return await open(readSignalSettings(await readText(path), dirname(path)));
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof MappingError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

/** Throws a `UsageError` for settings that cannot be used. */
export async function expectSignals(path: string): Promise<void> {
  const { MappingError, readSignalSettings, SettingsError } = await import('@nhipol/service');
  try {
    readSignalSettings(await readText(path), dirname(path));
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof MappingError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

function sessionsOf(point: DecisionPoint) {
  const { signals } = point.sessions;
  if (signals === undefined) throw new Error('broken invariant: events cannot change sessions');
  return signals;
}

function placeIn(cluster: Cluster | undefined) {
  const signals = cluster?.signals;
  if (signals === undefined) throw new Error('broken invariant: the cluster has no signals');
  return { sessions: signals, store: signals.outgoing };
}
