// Uses further versions of the policy, on all nodes of a cluster, and of the files that are read with it.

import type {
  Activation,
  DecisionPoint,
  ReplaceableAccess,
  Service,
  Shipping,
  Signals,
} from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import type { GrpcService } from '@nhipol/service/grpc';
import type { Keeping } from './keeping.ts';
import { Offers } from './offers.ts';
import type { ModuleSource } from './policy-source.ts';
import { Reloads } from './reloads.ts';
import { readSettings, type ServeSettings, type SettingsOptions } from './settings.ts';
import { listVersionFiles, type VersionFiles, type VersionPart } from './version-files.ts';

/** The parts of a service that use settings. */
export interface Followed {
  /** The access of the file; undefined: there is none. */
  readonly access: ReplaceableAccess | undefined;
  readonly point: DecisionPoint;
  readonly activation: Activation;
  readonly files: VersionFiles;
  readonly keeping: Keeping;
  readonly service: Service;
  readonly grpc: GrpcService | undefined;
  readonly signals: Signals | undefined;
}

export interface Following {
  readonly options: SettingsOptions & { readonly policySha256?: string };
  readonly files: () => Promise<readonly string[]>;
  /** The version of the files when they were read. */
  readonly version: string;
  readonly cluster: Cluster | undefined;
  readonly shipping: Shipping | undefined;
  readonly warn: (warning: string) => void;
}

export function follow(
  source: ModuleSource,
  { access, point, activation, files, keeping, service, grpc, signals }: Followed,
  { options, files: settingFiles, version, cluster, shipping, warn }: Following,
): Reloads<ServeSettings> {
  const offers = new Offers({ point, activation, cluster, pinned: options.policySha256, warn });
  activation.watchForced(({ kind }) => {
    if (kind === 'activated') files.useWaiting();
    keeping.keepCurrent();
  });
  /** All of them are read and examined; only the policy with its tables may be refused yet. */
  const apply = (settings: ServeSettings, module: Uint8Array | undefined): boolean => {
    const offered = offers.offer(settings.tables, module);
    if (offered === 'refused') return false;
    const isHeld = activation.held !== undefined;
    files.take(settings.texts, listParts(settings, { point, grpc }), isHeld);
    useCredentials(settings, { access, service, grpc, shipping });
    signals?.transmitter
      .recheckReceivers()
      .catch((error) => warn(`streams of receivers cannot be read: ${error.message}`));
    activation.settle();
    keeping.keepCurrent();
    void reportFiles(offered === 'held');
    return true;
  };
  const reportFiles = async (isHeld: boolean): Promise<void> => {
    const tables = isHeld ? options.table.map(({ path }) => path) : [];
    const paths = listVersionFiles(options);
    const roles = files.waiting.flatMap((role) => paths[role]);
    const waiting = new Set([...roles, ...tables]);
    const used = (await settingFiles()).filter((path) => !waiting.has(path));
    if (used.length > 0) warn(`${used.join(', ')}: in use as read now`);
    if (waiting.size === 0) return;
    warn(`${[...waiting].join(', ')}: in use when the version is activated that was held back`);
  };
  return new Reloads<ServeSettings>(
    {
      ...{ source, files: settingFiles, apply },
      read: () => readSettings(options, { signals, cluster, files, warn }),
      onProblem: (problem) => activation.refuse(problem),
      onSettled: () => activation.settle(),
    },
    version,
  );
}

/** The parts of a service that use the files of a version, with these files. */
function listParts(
  { facts, inventory, mapping, useSignals, useCredentialsOfSignals }: ServeSettings,
  { point, grpc }: Pick<Followed, 'point' | 'grpc'>,
): readonly VersionPart[] {
  return [
    { role: 'facts', use: () => point.replaceFacts({ facts }) },
    { role: 'entities', use: () => point.replaceFacts({ inventory }) },
    {
      role: 'mapping',
      use: () => {
        if (mapping !== undefined) grpc?.replaceMapping(mapping);
      },
    },
    { role: 'signals', use: useSignals, wait: useCredentialsOfSignals },
  ];
}

/** Who may call, and with which keys: no version of the policy holds that back. */
function useCredentials(
  { signingKey, collectorToken, access: nextAccess, tls }: ServeSettings,
  {
    access,
    service,
    grpc,
    shipping,
  }: Pick<Followed, 'access' | 'service' | 'grpc'> & Pick<Following, 'shipping'>,
): void {
  if (signingKey !== undefined) service.replaceSigningKey(signingKey);
  if (collectorToken !== undefined) shipping?.replaceToken(collectorToken);
  if (nextAccess !== undefined) access?.replace(nextAccess);
  if (tls !== undefined) {
    service.replaceTls(tls);
    grpc?.replaceTls(tls);
  }
  service.recheckCallers();
}
