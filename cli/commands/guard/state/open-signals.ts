// Opens what receives events about the sessions of a guard or a daemon, if a file with settings is named. The settings are read
// again when they change: all or nothing.

import type {
  DeliveryServer,
  DeliveryServerOptions,
  Engine,
  SignalSettings,
  SignalStore,
  Signals,
} from '@nhipol/service';
import { UsageError } from '../../../io/exit-codes.ts';
import { defaultStatePath } from '../../../io/paths/state-path.ts';
import { parseListenAddress } from '../../serve/address.ts';
import { listSignalFiles, openSignalsFile } from '../../serve/open-signals.ts';
import { Reloads } from '../../serve/reloads.ts';
import { fingerprintFiles } from '../../serve/versions/file-versions.ts';

export interface GuardSignalOptions {
  readonly signals?: string;
  /** `host:port`, where others send events, or `undefined` if they are only polled. */
  readonly signalsListen?: string;
  /** The database of revocations, which has the events, too. */
  readonly state?: string;
}

export interface GuardSignals {
  /** Ends after what was received until now. */
  readonly close: () => Promise<void>;
}

/** Rejects with a `UsageError` for settings that cannot be used. */
export async function openGuardSignals(
  { signals: path, signalsListen, state = defaultStatePath(process.env) }: GuardSignalOptions,
  {
    events: sessions,
    policy,
  }: { readonly events: Engine['events']; readonly policy: () => Engine['policy'] },
  warn: (warning: string) => void,
): Promise<GuardSignals> {
  if (path === undefined) {
    if (signalsListen === undefined) return { close: async () => {} };
    throw new UsageError('--signals-listen needs --signals');
  }
  const address =
    signalsListen === undefined ? undefined : parseListenAddress('--signals-listen', signalsListen);
  const store = await openStore(state);
  let server: DeliveryServer | undefined;
  let signals: Signals | undefined;
  let reloads: Reloads<() => void> | undefined;
  const close = async () => {
    await reloads?.end();
    await server?.close();
    await signals?.end();
    await store.close();
  };
  try {
    const { Signals } = await import('@nhipol/service');
    const version = await fingerprintFiles(await listSignalFiles(path));
    const opened = await openSignalsFile(path, async (settings) => {
      await expectReceivable(settings, address);
      return Signals.open({
        settings,
        sessions,
        policy,
        store,
        url: () => server?.url ?? '',
        observer: { arrived: () => {}, transmitted: () => {} },
        now: () => Date.now(),
        onWarning: warn,
      });
    });
    signals = opened;
    if (address !== undefined) {
      server = await listen({ signals: opened, ...address, onWarning: warn });
      warn(`listening on ${server.url} for events`);
    }
    opened.start();
    reloads = createReloads(path, opened, { version, address, warn });
    void reloads.run();
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Address = ReturnType<typeof parseListenAddress>;

/** Rejects with a `SettingsError` for settings that a guard cannot use. */
async function expectReceivable(
  { sources, webhooks, transmitter }: SignalSettings,
  address: Address | undefined,
): Promise<void> {
  const { SettingsError } = await import('@nhipol/service');
  if (transmitter !== undefined) {
    throw new SettingsError('$.transmitter: a guard sends no events; see `nhipol serve`');
  }
  const pushed = sources.filter(({ delivery }) => delivery === 'push');
  const [sent] = [...pushed, ...webhooks];
  if (address !== undefined || sent === undefined) return;
  throw new SettingsError(`events of ${sent.name} are sent: name where with --signals-listen`);
}

interface ReloadParts {
  /** The version of the files when they were read. */
  readonly version: string;
  readonly address: Address | undefined;
  readonly warn: (warning: string) => void;
}

/** Reads the settings again when the file, or one that it names, changes. What cannot be used changes nothing. */
function createReloads(
  path: string,
  signals: Signals,
  { version, address, warn }: ReloadParts,
): Reloads<() => void> {
  const source = {
    interval: Number.POSITIVE_INFINITY,
    isRemote: false,
    next: async () => undefined,
  };
  return new Reloads(
    {
      source,
      files: () => listSignalFiles(path),
      read: () =>
        openSignalsFile(path, async (settings) => {
          await expectReceivable(settings, address);
          return signals.prepare(settings);
        }),
      apply: (use) => {
        use();
        warn(`${path}: in use as read now`);
        return true;
      },
      applyCredentials: () => {},
      onProblem: (problem) => warn(`the settings of events stay as they were: ${problem}`),
      onSettled: () => {},
    },
    version,
  );
}

async function openStore(state: string): Promise<SignalStore> {
  const { exclusiveSignals } = await import('@nhipol/service');
  try {
    return await exclusiveSignals(state);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ELOCKED') throw error;
    throw new UsageError(
      `--signals: another guard receives events with the state ${state}; name another one with --state, or share a daemon (${message})`,
    );
  }
}

async function listen(options: DeliveryServerOptions): Promise<DeliveryServer> {
  const { listenDeliveries } = await import('@nhipol/service');
  try {
    return await listenDeliveries(options);
  } catch (error) {
    const { host, port } = options;
    throw new UsageError(
      `--signals-listen: cannot listen on ${host}:${port}: ${(error as Error).message}`,
    );
  }
}
