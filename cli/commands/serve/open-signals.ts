// Opens what receives and transmits events, if a file with settings is named.

import { dirname } from 'node:path';
import type {
  Access,
  DecisionPoint,
  Metrics,
  ServiceOptions,
  SignalSettings,
  Signals,
  StateFile,
} from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';

export interface SignalCommandOptions {
  readonly signals?: string;
}

export interface SignalParts {
  readonly point: DecisionPoint;
  /** The state of the sessions, which has the events, too, or `undefined` if a cluster has them itself. */
  readonly state: StateFile | undefined;
  /** `undefined` if this process has all sessions. */
  readonly cluster: Cluster | undefined;
  readonly access: Access;
  readonly metrics: Metrics;
  readonly url: () => string;
  /** The settings in use: the contents of the file, or earlier ones, or `undefined` if there are none. */
  readonly text: string | undefined;
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
  { point, state, cluster, access, metrics, url, text, warn }: SignalParts,
): Promise<OpenedSignals> {
  if (text === undefined) return none;
  const { addSignals, addTransmitter, Signals, sqliteSignals } = await import('@nhipol/service');
  const common = {
    policy: () => point.policy,
    url,
    observer: metrics,
    onWarning: warn,
    now: () => Date.now(),
    mayReceive: (receiver: string) => access.mayHave?.(receiver, 'signals') ?? true,
  };
  const store = cluster === undefined && state !== undefined ? sqliteSignals(state) : undefined;
  try {
    const signals = await openSettings(options.signals, text, (settings) =>
      store === undefined
        ? Signals.open({ ...common, settings, ...expectClusterSignals(cluster) })
        : Signals.open({ ...common, settings, store, sessions: expectSignals(point) }),
    );
    return {
      signals,
      addRoutes: (app, access, admissions) => {
        addSignals(app, access, admissions, signals);
        addTransmitter(app, access, admissions, signals.transmitter);
      },
      close: async () => store?.close(),
    };
  } catch (error) {
    await store?.close();
    throw error;
  }
}

/** Opens signals by the settings of a file. Throws a `UsageError` for settings that cannot be used. */
export async function openSettings<Result>(
  path: string | undefined,
  text: string,
  open: (settings: SignalSettings) => Promise<Result>,
): Promise<Result> {
  const { MappingError, readSignalSettings, SettingsError, SigningKeyError } = await import(
    '@nhipol/service'
  );
  const expected = [SettingsError, MappingError, SigningKeyError];
  try {
    return await open(readSignalSettings(text, dirname(path ?? '')));
  } catch (error) {
    if (!expected.some((settingsError) => error instanceof settingsError)) throw error;
    throw new UsageError(`${path ?? '--signals'}: ${(error as Error).message}`);
  }
}

/** As `openSettings`, with the settings that the file contains now. */
export async function openSignalsFile<Result>(
  path: string,
  open: (settings: SignalSettings) => Promise<Result>,
): Promise<Result> {
  return openSettings(path, await readInputText(path), open);
}

/** The settings of a file that is not named. */
export const noSettings = '{}';

/** The settings in use while others wait. `before`, `now`: undefined for none, as those of a file that is not named. */
export async function selectSignalsInUse(
  path: string | undefined,
  before: string | undefined,
  now: string | undefined,
  warn: (warning: string) => void,
): Promise<string> {
  const { selectSettingsInUse } = await import('@nhipol/service');
  const onUnusable = (problem: string) =>
    warn(`${path ?? '--signals'}: ${problem}: it is not accepted any more`);
  const folder = dirname(path ?? '');
  return selectSettingsInUse(before ?? noSettings, now ?? noSettings, { folder, onUnusable });
}

/**
 * The settings with which a service starts while others may wait, or `undefined` if there are none. Those in use are
 * used also if their file is no longer named: events that are remembered are about the sessions as before, and nobody
 * may send others.
 */
export async function selectSignalsAtStart(
  { signals: path }: SignalCommandOptions,
  before: string | undefined,
  now: string | undefined,
  warn: (warning: string) => void,
): Promise<string | undefined> {
  if (before === undefined && now === undefined) return undefined;
  return selectSignalsInUse(path, before, now, warn);
}

/** The file with settings, and those that it names. */
export async function listSignalFiles(path: string): Promise<readonly string[]> {
  const { listSecretFiles: secretFilesIn } = await import('@nhipol/service');
  const text = await readInputText(path).catch(() => '');
  return [path, ...secretFilesIn(text, dirname(path))];
}

function expectSignals(point: DecisionPoint) {
  const { signals } = point.sessions;
  if (signals === undefined) throw new Error('broken invariant: events cannot change sessions');
  return signals;
}

function expectClusterSignals(cluster: Cluster | undefined) {
  const signals = cluster?.signals;
  if (signals === undefined) throw new Error('broken invariant: the cluster has no signals');
  return { sessions: signals, store: signals.outgoing };
}
