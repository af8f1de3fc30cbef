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
import { Reloads } from '../reloads.ts';
import { readSettings, type ServeSettings, type SettingsOptions } from '../settings.ts';
import type { Keeping } from './keeping.ts';
import { Offers } from './offers.ts';
import type { ModuleSource } from './policy-source.ts';
import {
  listVersionFiles,
  roleOptions,
  type VersionFiles,
  type VersionPart,
} from './version-files.ts';

/** The parts of a service that use settings. */
export interface Followed {
  /** The access of the file, or `undefined` if there is none. */
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
    if (kind === 'activated' && !offers.isWaiting) files.useWaiting();
    keeping.keepCurrent();
  });
  /** All of them are read and examined; only the policy with its tables may be refused yet. */
  const apply = (settings: ServeSettings, module: Uint8Array | undefined): boolean => {
    activation.settle();
    if (offers.offer(settings.tables, module) === 'refused') return false;
    files.take(settings.texts, listParts(settings, { point, grpc }), offers.isWaiting);
    useCredentials(settings, { access, service, grpc, shipping, signals, warn });
    keeping.keepCurrent();
    void reportFiles(settings);
    return true;
  };
  const applyAlone = (settings: ServeSettings): boolean => {
    const { refused } = activation;
    if (!apply(settings, undefined)) return false;
    activation.restoreRefused(refused);
    return true;
  };
  const reportFiles = async ({ tables }: ServeSettings): Promise<void> => {
    const { paths, absent } = createWaitingInputs(options, {
      files,
      used: point.tables,
      read: tables,
    });
    const used = (await settingFiles()).filter((path) => !paths.has(path));
    if (used.length > 0) warn(`${used.join(', ')}: in use as read now`);
    if (paths.size > 0) {
      warn(`${[...paths].join(', ')}: in use when the version is activated that was held back`);
    }
    if (absent.length === 0) return;
    warn(
      `WARNING: ${absent.join(', ')}: no longer given; what was in use stays until the version is activated that was held back`,
    );
  };
  return new Reloads<ServeSettings>(
    {
      source,
      files: settingFiles,
      apply,
      applyAlone,
      applyCredentials: (settings) => {
        settings.useCredentialsOfSignals();
        useCredentials(settings, { access, service, grpc, shipping, signals, warn });
      },
      read: () => readSettings(options, { signals, cluster, files, warn }),
      onProblem: (problem) => activation.refuse(problem),
      onSettled: () => activation.settle(),
    },
    version,
  );
}

/** The files that wait, and the options that are no longer given. */
function createWaitingInputs(
  options: SettingsOptions,
  {
    files,
    used,
    read,
  }: {
    readonly files: VersionFiles;
    /** The tables in use, and those that were read. */
    readonly used: ReadonlyMap<string, string>;
    readonly read: ReadonlyMap<string, string>;
  },
): { readonly paths: ReadonlySet<string>; readonly absent: readonly string[] } {
  const roles = listVersionFiles(options);
  const tables = options.table.filter(({ name }) => used.get(name) !== read.get(name));
  const absentRoles = files.waiting.filter((role) => roles[role].length === 0);
  const absentTables = [...used.keys()].filter((name) => !read.has(name));
  return {
    paths: new Set([
      ...files.waiting.flatMap((role) => roles[role]),
      ...tables.map(({ path }) => path),
    ]),
    absent: [
      ...absentRoles.map((role) => roleOptions[role]),
      ...absentTables.map((name) => `--table ${name}`),
    ],
  };
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
    signals,
    warn,
  }: Pick<Followed, 'access' | 'service' | 'grpc' | 'signals'> &
    Pick<Following, 'shipping' | 'warn'>,
): void {
  if (signingKey !== undefined) service.replaceSigningKey(signingKey);
  if (collectorToken !== undefined) shipping?.replaceToken(collectorToken);
  if (nextAccess !== undefined) access?.replace(nextAccess);
  if (tls !== undefined) {
    service.replaceTls(tls);
    grpc?.replaceTls(tls);
  }
  service.recheckCallers();
  signals?.transmitter
    .recheckReceivers()
    .catch((error) => warn(`streams of receivers cannot be read: ${error.message}`));
}
