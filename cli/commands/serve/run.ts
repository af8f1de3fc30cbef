// Implements `nhipol serve`: opens the policy, the state and the log, listens, and answers until it is stopped.

import type { TableError } from '@nhipol/runtime';
import type {
  Access,
  Activation,
  ContextForm,
  DecisionLog,
  DecisionPoint,
  Inventory,
  ReplaceableAccess,
  Service,
  ServiceOptions,
  Shipping,
  Signals,
  SigningKey,
  SinkFormat,
  StateFile,
  Store,
} from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import type { GrpcMapping, GrpcService } from '@nhipol/service/grpc';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { readText } from '../../io/files.ts';
import type { TableFile } from '../../io/table-files.ts';
import { openStateFile } from '../guard/open-state.ts';
import { addressOf } from './address.ts';
import { versionOf } from './file-versions.ts';
import { openAccess, readAccessFile } from './open-access.ts';
import { type ClusterCommandOptions, openClusterNode } from './open-cluster.ts';
import { type ConsoleMode, openConsole } from './open-console.ts';
import { openGrpc, openMapping } from './open-grpc.ts';
import { openInventory } from './open-inventory.ts';
import { expectCollector, openLog, openShipping } from './open-log.ts';
import { expectSignals, type OpenedSignals, openSignals } from './open-signals.ts';
import { type ModuleSource, openModuleSource, pinProblem } from './policy-source.ts';
import { Reloads } from './reloads.ts';

export interface ServeOptions extends ClusterCommandOptions {
  readonly listen: string;
  readonly grpc?: string;
  readonly grpcMapping?: string;
  readonly grpcObligation: readonly string[];
  readonly grpcConstraint: readonly string[];
  readonly access?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly publicUrl?: string;
  readonly state: string;
  readonly requireState: boolean;
  readonly log?: string;
  readonly logOptional: boolean;
  readonly logTo?: string;
  readonly logToFormat: SinkFormat;
  readonly logToToken?: string;
  readonly entities: readonly string[];
  readonly table: readonly TableFile[];
  readonly facts?: string;
  readonly signals?: string;
  readonly context: ContextForm;
  readonly metadataKey?: string;
  readonly accessRequestUrl?: string;
  readonly console: ConsoleMode;
  /** Seconds. */
  readonly poll: number;
  readonly policySha256?: string;
  readonly maxSessions: number;
  readonly sessionIdle: number;
  readonly maxBody: number;
  readonly maxConnections: number;
  /** Requests a second of each caller. */
  readonly maxRate?: number;
  readonly drain: number;
}

export async function serveCommand(
  policyPath: string,
  options: ServeOptions,
  console: Console,
): Promise<number> {
  const warn = (text: string) => console.notify('nhipol serve', text);
  expectCollector(options);
  const source = await openModuleSource(policyPath, {
    ...{ pollInterval: options.poll * 1_000, state: options.state, console, warn },
    pinned: options.policySha256,
  });
  if (source === undefined) return exitCode.findings;
  // Before anybody knows that the service listens, so that no signal is missed.
  const stopped = stopSignal();
  let stateFile: StateFile | undefined;
  let store: Store | undefined;
  let log: DecisionLog | undefined;
  let shipping: Shipping | undefined;
  let cluster: Cluster | undefined;
  let running: Running | undefined;
  let reloads: Reloads<ServeSettings> | undefined;
  try {
    cluster = await openClusterNode(options);
    // The place in the log up to which it was sent is one of this machine.
    if (cluster === undefined || options.logTo !== undefined) {
      stateFile = await openStateFile(options, { isExclusive: true }, warn);
      store = (await import('@nhipol/service')).sqliteStore(stateFile);
    }
    log = await openLog(options.log, { positions: store, onWarning: warn });
    if (store !== undefined) shipping = await openShipping(options, store, warn);
    // Before they are read, so that no change is missed.
    const version = await versionOf(filesOf(options));
    running = await start(source, options, {
      ...{ policyPath, state: cluster ?? store, stateFile, log, shipping, warn },
    });
    const { service, grpc } = running;
    reloads = follow(source, running, { options, version, cluster, warn });
    process.on('SIGHUP', () => {
      reload([service, grpc], warn);
      void reloads?.reload();
    });
    void reloads.run();
    if (stateFile !== undefined) copyOnSignal(stateFile, warn);
    const also = grpc === undefined ? '' : ` and, for gRPC, ${grpc.address},`;
    const print = options.log === '-' ? warn : (text: string) => console.out(`${text}\n`);
    await print(`listening on ${service.url}${also} with ${policyPath}`);
    if (running.hasConsole) await print(`console: ${service.url}/ui/`);
    await stopped;
    warn('ending');
    await ended(running, options.drain * 1_000);
    return exitCode.fine;
  } finally {
    await reloads?.end();
    if (running !== undefined) await ended(running, 0);
    await running?.signals?.end();
    await running?.point.close();
    await running?.closeSignals();
    await log?.close();
    await shipping?.close(options.drain * 1_000);
    await cluster?.close();
    stateFile?.close();
  }
}

interface Running {
  /** The text of the settings of signals that are in use; undefined: there are none. */
  readonly signalSettings: string | undefined;
  /** The access of the file; undefined: there is none. */
  readonly access: ReplaceableAccess | undefined;
  readonly point: DecisionPoint;
  readonly activation: Activation;
  readonly service: Service;
  readonly grpc: GrpcService | undefined;
  readonly signals: Signals | undefined;
  readonly closeSignals: () => Promise<void>;
  readonly hasConsole: boolean;
}

async function ended({ service, grpc }: Running, drain: number): Promise<void> {
  await Promise.all([service.close(drain), grpc?.close(drain)]);
}

interface Opened {
  readonly policyPath: string;
  readonly state: Cluster | Store | undefined;
  readonly stateFile: StateFile | undefined;
  readonly log: DecisionLog | undefined;
  readonly shipping: Shipping | undefined;
  readonly warn: (warning: string) => void;
}

async function start(
  source: ModuleSource,
  options: ServeOptions,
  { policyPath, state, stateFile, log, shipping, warn }: Opened,
): Promise<Running> {
  const {
    Activation,
    createMetrics,
    DecisionPoint,
    limitedAccess,
    listenService,
    RateLimits,
    replaceableAccess,
  } = await import('@nhipol/service');
  const { LoadError, TableError: TableProblem } = await import('@nhipol/runtime');
  const { host, port } = addressOf('--listen', options.listen);
  const { access: accessPath } = options;
  const replaceable =
    accessPath === undefined ? undefined : replaceableAccess(await readAccessFile(accessPath));
  const metrics = createMetrics();
  const limits = new RateLimits({ rate: options.maxRate, onLimited: metrics.limited });
  const access = limitedAccess(
    replaceable?.access ?? (await openAccess(undefined, host, '--listen', options.publicUrl)),
    limits,
  );
  const addConsole = await openConsole(options.console, host);
  const tls = await tlsOf(options);
  if (shipping !== undefined) metrics.watchShipping(shipping.unsent);
  const signingKey = await readSigningKey(options.metadataKey);
  const inventory = await openInventory(options.entities);
  const tables = await openTables(options.table);
  let point: DecisionPoint;
  try {
    point = await DecisionPoint.open({
      ...(await stateOf(state, source, options.policySha256, warn)),
      ...{ log, inventory, observer: metrics, onWarning: warn },
      isLogRequired: !options.logOptional,
      contextForm: options.context,
      tables,
      facts: await openFacts(options.facts),
      maxSessions: options.maxSessions,
      sessionIdle: options.sessionIdle * 1_000,
    });
  } catch (error) {
    if (error instanceof LoadError)
      throw new UsageError(`the policy cannot be used: ${policyPath}: ${error.message}`);
    if (error instanceof TableProblem) throw new UsageError(tableProblem(error, options.table));
    throw error;
  }
  const activation = new Activation({ point, holdAbove: options.holdAbove / 100, onWarning: warn });
  const publicUrl = options.publicUrl?.replace(/\/$/, '');
  let url = publicUrl ?? '';
  let opened: OpenedSignals | undefined;
  try {
    const cluster = state !== undefined && 'hostSessions' in state ? state : undefined;
    const parts = { point, state: stateFile, cluster, metrics, url: () => url, warn };
    const signalSettings =
      options.signals === undefined ? undefined : await readText(options.signals);
    opened = await openSignals(options, parts);
    const { signals, close: closeSignals } = opened;
    const addRoutes: ServiceOptions['addRoutes'] = (...given) => {
      addConsole?.(...given);
      opened?.addRoutes(...given);
    };
    const service = await listenService({
      ...{ point, access, activation, metrics, host, port, tls, addRoutes, onWarning: warn },
      publicUrl,
      signingKey,
      accessRequestUrl: options.accessRequestUrl,
      limits: { bodyBytes: options.maxBody * 1_024, connections: options.maxConnections },
    });
    try {
      url = service.url;
      const fileAccess = replaceable?.access;
      const parts = { point, access: fileAccess, limits, metrics, tls, source, warn };
      const grpc = await openGrpc(options, parts);
      signals?.start();
      const hasConsole = addConsole !== undefined;
      return {
        ...{ access: replaceable, point, activation, service, grpc, signals, closeSignals },
        hasConsole,
        signalSettings,
      };
    } catch (error) {
      await service.close();
      throw error;
    }
  } catch (error) {
    await opened?.signals?.end();
    await point.close();
    await opened?.close();
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new UsageError(`cannot listen on ${options.listen}: ${message}`);
  }
}

async function readSigningKey(path: string | undefined): Promise<SigningKey | undefined> {
  if (path === undefined) return undefined;
  const { SigningKeyError, signingKeyIn } = await import('@nhipol/service');
  try {
    return await signingKeyIn(await readText(path));
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

async function openTables(files: readonly TableFile[]): Promise<ReadonlyMap<string, string>> {
  const read = async ({ name, path }: TableFile) => [name, await readText(path)] as const;
  return new Map(await Promise.all(files.map(read)));
}

async function openFacts(path: string | undefined) {
  const { MappingError, parseSettings, SettingsError, vouchedFacts } = await import(
    '@nhipol/service'
  );
  if (path === undefined) return vouchedFacts(undefined);
  try {
    return vouchedFacts(parseSettings(await readText(path)));
  } catch (error) {
    if (!(error instanceof MappingError) && !(error instanceof SettingsError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

function tableProblem({ table, message }: TableError, files: readonly TableFile[]): string {
  const path = files.find(({ name }) => name === table)?.path;
  return path === undefined ? message : `${path}: ${message}`;
}

async function tlsOf({ tlsCert, tlsKey, tlsClientCa }: ServeOptions) {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError('TLS needs both --tls-cert and --tls-key');
  }
  const files = { certificate: tlsCert, key: tlsKey, clientAuthorities: tlsClientCa };
  const { readTls } = await import('@nhipol/service');
  try {
    readTls(files);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return files;
}

/** A node of a cluster uses the policy of the cluster. */
async function stateOf(
  state: Cluster | Store | undefined,
  { module }: ModuleSource,
  pinned: string | undefined,
  warn: (warning: string) => void,
) {
  if (state === undefined) throw new Error('broken invariant: the service has no state');
  if (!('hostSessions' in state)) return { module, store: state };
  const { approvals, hostSessions: host, policy } = state;
  const shared = await policy.join(module).catch((error: Error) => {
    throw new UsageError(`the policy of the cluster cannot be read: ${error.message}`);
  });
  const problem = pinProblem(shared, pinned);
  if (problem !== undefined) throw new UsageError(`the policy of the cluster: ${problem}`);
  const hostSessions: typeof host = (options) => {
    try {
      return host(options);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  };
  if (!Buffer.from(shared).equals(module)) {
    warn(
      'the policy of the cluster is used, which is another version; change the file to replace it',
    );
  }
  return { module: shared, store: approvals, hostSessions };
}

/** The settings that are read again together with the policy. */
interface ServeSettings {
  readonly access: Access | undefined;
  readonly inventory: Inventory | undefined;
  readonly facts: Awaited<ReturnType<typeof openFacts>>;
  readonly tables: ReadonlyMap<string, string>;
  /** undefined: there is no listener of gRPC. */
  readonly mapping: GrpcMapping | undefined;
  readonly signingKey: SigningKey | undefined;
  /** The text of the settings of signals, which are valid; undefined: there are none. */
  readonly signals: string | undefined;
}

/** The files of these settings. */
function filesOf(options: ServeOptions): readonly string[] {
  const { access, entities, facts, table, grpc, grpcMapping, metadataKey, signals } = options;
  const mapping = grpc === undefined ? undefined : grpcMapping;
  const tables = table.map(({ path }) => path);
  return [access, ...entities, facts, ...tables, mapping, metadataKey, signals].filter(
    (path) => path !== undefined,
  );
}

async function readSettings(
  options: ServeOptions,
  warn: (warning: string) => void,
): Promise<ServeSettings> {
  const { access, signals } = options;
  if (signals !== undefined) await expectSignals(signals);
  return {
    access: access === undefined ? undefined : await readAccessFile(access),
    inventory: await openInventory(options.entities),
    facts: await openFacts(options.facts),
    tables: await openTables(options.table),
    mapping: options.grpc === undefined ? undefined : await openMapping(options.grpcMapping, warn),
    signingKey: await readSigningKey(options.metadataKey),
    signals: signals === undefined ? undefined : await readText(signals),
  };
}

interface Following {
  readonly options: ServeOptions;
  /** The version of the files when they were read. */
  readonly version: string;
  readonly cluster: Cluster | undefined;
  readonly warn: (warning: string) => void;
}

/** Uses further versions of the policy, on all nodes of a cluster, and of the files that are read with it. */
function follow(
  source: ModuleSource,
  { access, point, activation, service, grpc, signalSettings }: Running,
  { options, version, cluster, warn }: Following,
): Reloads<ServeSettings> {
  const { policySha256: pinned } = options;
  const keep = (module: Uint8Array) =>
    void source.keep(module).catch((error) => warn(`the policy is not kept: ${error.message}`));
  const files = filesOf(options);
  keep(source.module);
  cluster?.policy.watch((module) => {
    const problem = pinProblem(module, pinned);
    if (problem === undefined) report(activation.offer(module), warn);
    else activation.refuse(`the policy of the cluster: ${problem}`);
  }, warn);
  /** Returns whether the version is in use, held back, or on its way through the cluster. */
  const activate = (module: Uint8Array): boolean => {
    if (cluster === undefined) {
      const outcome = activation.offer(module);
      report(outcome, warn);
      if (outcome.kind === 'activated') keep(module);
      return outcome.kind !== 'refused';
    }
    try {
      point.load(module);
    } catch (error) {
      activation.refuse(`the policy was not activated: ${(error as Error).message}`);
      return false;
    }
    keep(module);
    cluster.policy
      .publish(module)
      .catch((error) => warn(`the policy was not given to the cluster: ${error.message}`));
    return true;
  };
  /** The policy, with other contents of its tables. Those of a node are in its own files, so that the cluster gets none. */
  const activateWith = (
    tables: ReadonlyMap<string, string>,
    module: Uint8Array | undefined,
  ): boolean => {
    const before = point.tables;
    const isOther = [...tables].some(([name, text]) => before.get(name) !== text);
    if (!isOther) return module === undefined || activate(module);
    point.replaceTables(tables);
    let isUsed = module === undefined || activate(module);
    if (isUsed && (module === undefined || cluster !== undefined)) {
      const outcome = activation.offer(point.policy.bytes);
      report(outcome, warn);
      isUsed = outcome.kind !== 'refused';
    }
    if (!isUsed) point.replaceTables(before);
    return isUsed;
  };
  /** Why a restart is needed; undefined: it is not. */
  let stale: string | undefined;
  const settle = () => {
    if (stale === undefined) activation.settle();
    else activation.refuse(stale, 'everything else is in use');
  };
  const apply = (settings: ServeSettings, module: Uint8Array | undefined): boolean => {
    if (!activateWith(settings.tables, module)) return false;
    point.replaceFacts(settings);
    if (settings.mapping !== undefined) grpc?.replaceMapping(settings.mapping);
    if (settings.signingKey !== undefined) service.replaceSigningKey(settings.signingKey);
    stale =
      settings.signals === signalSettings
        ? undefined
        : `${options.signals} was changed: restart the service to use it`;
    if (settings.access !== undefined) access?.replace(settings.access);
    service.recheckCallers();
    settle();
    const used = files.filter((path) => path !== options.signals);
    if (used.length > 0) warn(`${used.join(', ')}: in use as read now`);
    return true;
  };
  return new Reloads<ServeSettings>(
    {
      ...{ source, files, apply },
      read: () => readSettings(options, warn),
      onProblem: (problem) => activation.refuse(problem),
      onSettled: settle,
    },
    version,
  );
}

function report(outcome: ReturnType<Activation['offer']>, warn: (warning: string) => void): void {
  if (outcome.kind === 'activated') warn(`the new policy is active: ${outcome.changes}`);
}

function reload(
  listeners: readonly (Pick<Service, 'reloadTls'> | undefined)[],
  warn: (warning: string) => void,
): void {
  try {
    for (const listener of listeners) listener?.reloadTls();
    warn('read the certificate again');
  } catch (error) {
    warn(`the certificate cannot be used: ${(error as Error).message}; the previous one stays`);
  }
}

/** Nobody else can open the state, so the service itself copies it. */
function copyOnSignal(state: StateFile, warn: (warning: string) => void): void {
  const copy = `${state.path}.backup`;
  process.on('SIGUSR2', () => {
    try {
      state.copyTo(copy);
      warn(`copied the state to ${copy}`);
    } catch (error) {
      warn(`the state was not copied: ${(error as Error).message}`);
    }
  });
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
