// Opens what receives events about the sessions of a guard or a daemon, if a file with settings is named.

import type {
  DeliveryServer,
  DeliveryServerOptions,
  Engine,
  SignalStore,
  Signals,
} from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { defaultStatePath } from '../../io/state-path.ts';
import { addressOf } from '../serve/address.ts';
import { signalsBy } from '../serve/open-signals.ts';

export interface GuardSignalOptions {
  readonly signals?: string;
  /** `host:port`, where others send events; undefined: they are only polled. */
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
    signalsListen === undefined ? undefined : addressOf('--signals-listen', signalsListen);
  const store = await openStore(state);
  let server: DeliveryServer | undefined;
  let signals: Signals | undefined;
  const close = async () => {
    await server?.close();
    await signals?.end();
    await store.close();
  };
  try {
    const { SettingsError, Signals } = await import('@nhipol/service');
    signals = await signalsBy(path, async (settings) => {
      const { sources, webhooks, transmitter } = settings;
      if (transmitter !== undefined) {
        throw new SettingsError('$.transmitter: a guard sends no events; see `nhipol serve`');
      }
      const pushed = sources.filter(({ delivery }) => delivery === 'push');
      const [sent] = [...pushed, ...webhooks];
      if (address === undefined && sent !== undefined) {
        throw new SettingsError(
          `events of ${sent.name} are sent: name where with --signals-listen`,
        );
      }
      return Signals.open({
        ...{ settings, sessions, policy, store, url: () => server?.url ?? '' },
        ...{ observer: { arrived: () => {}, transmitted: () => {} }, now: () => Date.now() },
        onWarning: warn,
      });
    });
    if (address !== undefined) {
      server = await listen({ signals, ...address, onWarning: warn });
      warn(`listening on ${server.url} for events`);
    }
    signals.start();
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
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
