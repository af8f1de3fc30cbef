// The settings of a service that are read again with its policy: all files are read and examined before any of them is used.

import type {
  Access,
  Inventory,
  Signals,
  SigningKey,
  TlsFiles,
  TlsSecrets,
  VouchedFacts,
} from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import type { GrpcMapping } from '@nhipol/service/grpc';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';
import type { TableFile } from '../../io/policies/table-files.ts';
import { readAccessFile } from './open-access.ts';
import { openMapping } from './open-grpc.ts';
import { openInventory } from './open-inventory.ts';
import { readCollectorToken } from './open-log.ts';
import { listSignalFiles, noSettings, openSettings, selectSignalsInUse } from './open-signals.ts';
import { fingerprintFiles } from './versions/file-versions.ts';
import {
  listVersionFiles,
  type RoleTexts,
  readVersionFiles,
  type VersionFiles,
} from './versions/version-files.ts';

export interface SettingsOptions {
  readonly access?: string;
  readonly entities: readonly string[];
  readonly facts?: string;
  readonly table: readonly TableFile[];
  readonly grpc?: string;
  readonly grpcMapping?: string;
  readonly metadataKey?: string;
  readonly signals?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly logTo?: string;
  readonly logToToken?: string;
  readonly clusterCreds?: string;
  readonly clusterCa?: string;
  readonly clusterCert?: string;
  readonly clusterKey?: string;
}

export interface ServeSettings {
  readonly access: Access | undefined;
  readonly inventory: Inventory | undefined;
  readonly facts: VouchedFacts;
  readonly tables: ReadonlyMap<string, string>;
  /** `undefined` if there is no listener of gRPC. */
  readonly mapping: GrpcMapping | undefined;
  readonly signingKey: SigningKey | undefined;
  /** `undefined` if there is no TLS. */
  readonly tls: TlsSecrets | undefined;
  /** The token for the collector of the log, or `undefined` if it gets none. */
  readonly collectorToken: string | undefined;
  /** Uses the settings of signals. */
  readonly useSignals: () => void;
  /** The same while they wait: what authenticates others is used. */
  readonly useCredentialsOfSignals: () => void;
  /** The contents of the files that belong to a version of the policy. */
  readonly texts: RoleTexts;
}

/** The parts that examine settings. */
export interface SettingsParts {
  readonly signals: Signals | undefined;
  readonly cluster: Cluster | undefined;
  readonly files: VersionFiles;
  readonly warn: (warning: string) => void;
}

export async function readSettings(
  options: SettingsOptions,
  { signals, cluster, files, warn }: SettingsParts,
): Promise<ServeSettings> {
  const { access, logTo, logToToken } = options;
  const tls = readTlsOptions(options);
  cluster?.expectCredentials();
  const texts = await readVersionFiles(options);
  return {
    texts,
    access: access === undefined ? undefined : await readAccessFile(access),
    inventory: await openInventory(options.entities, texts.entities),
    facts: await openVouchedFacts(options.facts, texts.facts[0]),
    tables: await openTables(options.table),
    mapping:
      options.grpc === undefined
        ? undefined
        : await openMapping(options.grpcMapping, texts.mapping[0], warn),
    signingKey: await openSigningKey(options.metadataKey),
    tls: tls && (await readTlsFiles(tls)),
    collectorToken:
      logTo === undefined || logToToken === undefined
        ? undefined
        : await readCollectorToken(logToToken),
    ...(await readSignals(options.signals, texts, { signals, files, warn })),
  };
}

/** Prepares the settings of signals, and those in use with the credentials of these, in case that they wait. */
async function readSignals(
  path: string | undefined,
  { signals: [text] }: RoleTexts,
  { signals, files, warn }: Pick<SettingsParts, 'signals' | 'files' | 'warn'>,
): Promise<Pick<ServeSettings, 'useSignals' | 'useCredentialsOfSignals'>> {
  if (signals === undefined) {
    return { useSignals: () => {}, useCredentialsOfSignals: () => {} };
  }
  const prepare = (given = noSettings) =>
    openSettings(path, given, (settings) => signals.prepare(settings));
  const useSignals = await prepare(text);
  const [before] = files.used.signals;
  if (before === text) return { useSignals, useCredentialsOfSignals: useSignals };
  const inUse = await selectSignalsInUse(path, before, text, warn);
  return { useSignals, useCredentialsOfSignals: await prepare(inUse) };
}

/** The files of settings, which include those that settings of signals name. */
export function createSettingsLister(options: SettingsOptions): () => Promise<readonly string[]> {
  const { access, table, metadataKey, signals } = options;
  const { facts, entities, mapping } = listVersionFiles(options);
  const { tlsCert, tlsKey, tlsClientCa, logTo, logToToken } = options;
  const { clusterCreds, clusterCa, clusterCert, clusterKey } = options;
  const fixed = [
    access,
    ...entities,
    ...facts,
    ...table.map(({ path }) => path),
    metadataKey,
    ...mapping,
    tlsCert,
    tlsKey,
    tlsClientCa,
    logTo === undefined ? undefined : logToToken,
    clusterCreds,
    clusterCa,
    clusterCert,
    clusterKey,
  ].filter((path) => path !== undefined);
  let named: { readonly version: string; readonly files: readonly string[] } | undefined;
  return async () => {
    if (signals === undefined) return fixed;
    const version = await fingerprintFiles([signals]);
    if (named?.version !== version) named = { version, files: await listSignalFiles(signals) };
    return [...fixed, ...named.files];
  };
}

export async function openSigningKey(path: string | undefined): Promise<SigningKey | undefined> {
  if (path === undefined) return undefined;
  const { SigningKeyError, readSigningKey } = await import('@nhipol/service');
  try {
    return await readSigningKey(await readInputText(path));
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

export async function openTables(
  files: readonly TableFile[],
): Promise<ReadonlyMap<string, string>> {
  const read = async ({ name, path }: TableFile) => [name, await readInputText(path)] as const;
  return new Map(await Promise.all(files.map(read)));
}

export async function openVouchedFacts(
  path = '--facts',
  text: string | undefined,
): Promise<VouchedFacts> {
  const {
    MappingError,
    parseSettings,
    SettingsError,
    createVouchedFacts: vouchedFacts,
  } = await import('@nhipol/service');
  if (text === undefined) return vouchedFacts(undefined);
  try {
    return vouchedFacts(parseSettings(text));
  } catch (error) {
    if (!(error instanceof MappingError) && !(error instanceof SettingsError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

/** Returns `undefined` if there is no TLS. Throws a `UsageError` if a file of it is not named, or cannot be used. */
export async function openTls(options: SettingsOptions): Promise<TlsFiles | undefined> {
  const files = readTlsOptions(options);
  if (files !== undefined) await readTlsFiles(files);
  return files;
}

function readTlsOptions({ tlsCert, tlsKey, tlsClientCa }: SettingsOptions): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError('TLS needs both --tls-cert and --tls-key');
  }
  return { certificate: tlsCert, key: tlsKey, clientAuthorities: tlsClientCa };
}

async function readTlsFiles(files: TlsFiles): Promise<TlsSecrets> {
  const { readTls } = await import('@nhipol/service');
  try {
    return readTls(files);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
