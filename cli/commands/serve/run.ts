// Implements `nhipol serve`: opens the policy, the state and the log, listens, and answers until it is stopped.

import type { TableError } from '@nhipol/runtime';
import type {
  ContextForm,
  DecisionLog,
  DecisionPoint,
  ServiceOptions,
  Shipping,
  SinkFormat,
  StateFile,
  Store,
} from '@nhipol/service';
import type { Cluster } from '@nhipol/service/cluster';
import { openModuleCache } from '../../cache/open-cache.ts';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { resumeOptimization } from '../../io/optimization.ts';
import type { TableFile } from '../../io/policies/table-files.ts';
import { openStateFile } from '../guard/state/open-state.ts';
import { parseListenAddress } from './address.ts';
import { openServiceAccess, readAccessFile } from './open-access.ts';
import { type ClusterCommandOptions, openClusterNode } from './open-cluster.ts';
import { type ConsoleMode, openConsole } from './open-console.ts';
import { openGrpc } from './open-grpc.ts';
import { openInventory } from './open-inventory.ts';
import { expectCollector, openLog, openShipping } from './open-log.ts';
import { type OpenedSignals, openSignals, selectSignalsAtStart } from './open-signals.ts';
import { copyOnSignal, stopSignal } from './process-signals.ts';
import type { Reloads } from './reloads.ts';
import {
  createSettingsLister,
  openSigningKey,
  openTables,
  openTls,
  openVouchedFacts,
  type ServeSettings,
} from './settings.ts';
import { fingerprintFiles } from './versions/file-versions.ts';
import { selectFirstVersion } from './versions/first-version.ts';
import { type Followed, follow } from './versions/follow.ts';
import { Keeping } from './versions/keeping.ts';
import type { KeptVersion } from './versions/kept-policy.ts';
import { type ModuleSource, openModuleSource, pinProblem } from './versions/policy-source.ts';
import { readVersionFiles, VersionFiles } from './versions/version-files.ts';

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
  /** Whether modules may come from the cache. */
  readonly cache: boolean;
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
    pollInterval: options.poll * 1_000,
    state: options.state,
    console,
    warn,
    pinned: options.policySha256,
    hasState: options.cluster.length === 0,
    holdsBack: options.holdAbove < 100,
    cache: openModuleCache(options.cache, process.env),
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
    const files = createSettingsLister(options);
    const version = await fingerprintFiles(await files());
    running = await start(source, options, {
      state: cluster ?? store,
      stateFile,
      log,
      shipping,
      warn,
    });
    const { service, grpc } = running;
    const following = { options, files, version, cluster, shipping, warn };
    reloads = follow(source, running, following);
    // A service that began with the version that was in use last compares the current one with it.
    if (!running.isCurrent) await reloads.begin(source.module);
    process.on('SIGHUP', () => void reloads?.reload());
    void reloads.run();
    if (stateFile !== undefined) copyOnSignal(stateFile, warn);
    resumeOptimization();
    const also = grpc === undefined ? '' : ` and, for gRPC, ${grpc.address},`;
    const print = options.log === '-' ? warn : (text: string) => console.out(`${text}\n`);
    await print(`listening on ${service.url}${also} with ${source.name}`);
    if (running.hasConsole) await print(`console: ${service.url}/ui/`);
    await stopped;
    warn('ending');
    await closeServers(running, options.drain * 1_000);
    return exitCode.fine;
  } finally {
    await reloads?.end();
    running?.keeping.end();
    if (running !== undefined) await closeServers(running, 0);
    await running?.signals?.end();
    await running?.point.close();
    await running?.closeSignals();
    await log?.close();
    await shipping?.close(options.drain * 1_000);
    await cluster?.close();
    stateFile?.close();
  }
}

interface Running extends Followed {
  readonly closeSignals: () => Promise<void>;
  readonly hasConsole: boolean;
  /** Whether the version in use is the current one of the source, with its files. */
  readonly isCurrent: boolean;
}

async function closeServers({ service, grpc }: Running, drain: number): Promise<void> {
  await Promise.all([service.close(drain), grpc?.close(drain)]);
}

interface Opened {
  readonly state: Cluster | Store | undefined;
  readonly stateFile: StateFile | undefined;
  readonly log: DecisionLog | undefined;
  readonly shipping: Shipping | undefined;
  readonly warn: (warning: string) => void;
}

async function start(
  source: ModuleSource,
  options: ServeOptions,
  { state, stateFile, log, shipping, warn }: Opened,
): Promise<Running> {
  const {
    Activation,
    createMetrics,
    DecisionPoint,
    limitAccess: limitedAccess,
    listenService,
    RateLimits,
    createReplaceableAccess,
  } = await import('@nhipol/service');
  const { LoadError, TableError: TableProblem } = await import('@nhipol/runtime');
  const { host, port } = parseListenAddress('--listen', options.listen);
  const { access: accessPath } = options;
  const replaceable =
    accessPath === undefined
      ? undefined
      : createReplaceableAccess(await readAccessFile(accessPath));
  const metrics = createMetrics();
  const limits = new RateLimits({ rate: options.maxRate, onLimited: metrics.limited });
  const access = limitedAccess(
    replaceable?.access ??
      (await openServiceAccess(undefined, host, '--listen', options.publicUrl)),
    limits,
  );
  const addConsole = await openConsole(options.console, host);
  const tls = await openTls(options);
  if (shipping !== undefined) metrics.watchShipping(shipping);
  const signingKey = await openSigningKey(options.metadataKey);
  const read = await readVersionFiles(options);
  const current = { module: source.module, tables: await openTables(options.table), files: read };
  const first = await selectFirstVersion(source, current, warn);
  const isCurrent = first === current;
  const texts = first.files;
  const files = new VersionFiles(texts);
  let point: DecisionPoint;
  try {
    point = await DecisionPoint.open({
      ...(await resolveState(state, first, options.policySha256, warn)),
      log,
      observer: metrics,
      onWarning: warn,
      inventory: await openInventory(options.entities, texts.entities),
      isLogRequired: !options.logOptional,
      contextForm: options.context,
      tables: first.tables,
      facts: await openVouchedFacts(options.facts, texts.facts[0]),
      maxSessions: options.maxSessions,
      sessionIdle: options.sessionIdle * 1_000,
    });
  } catch (error) {
    if (error instanceof LoadError)
      throw new UsageError(`the policy cannot be used: ${source.name}: ${error.message}`);
    if (error instanceof TableProblem)
      throw new UsageError(describeTableProblem(error, options.table));
    throw error;
  }
  const keeping = new Keeping(source, warn, () => ({
    module: point.policy.bytes,
    tables: point.tables,
    files: files.used,
  }));
  const activation = new Activation({
    point,
    holdAbove: options.holdAbove / 100,
    onWarning: warn,
    onForce: (version, isLast) =>
      keeping.keep({ ...version, files: isLast ? files.next : files.used }),
  });
  keeping.keepCurrent();
  const publicUrl = options.publicUrl?.replace(/\/$/, '');
  let url = publicUrl ?? '';
  let opened: OpenedSignals | undefined;
  try {
    const cluster = state !== undefined && 'hostSessions' in state ? state : undefined;
    const [now] = read.signals;
    const text = isCurrent ? now : await selectSignalsAtStart(options, texts.signals[0], now, warn);
    const parts = { point, state: stateFile, cluster, access, metrics, url: () => url, text, warn };
    opened = await openSignals(options, parts);
    const { signals, close: closeSignals } = opened;
    const addRoutes: ServiceOptions['addRoutes'] = (...given) => {
      addConsole?.(...given);
      opened?.addRoutes(...given);
    };
    const service = await listenService({
      point,
      access,
      activation,
      metrics,
      host,
      port,
      tls,
      addRoutes,
      onWarning: warn,
      publicUrl,
      signingKey,
      accessRequestUrl: options.accessRequestUrl,
      limits: { bodyBytes: options.maxBody * 1_024, connections: options.maxConnections },
    });
    try {
      url = service.url;
      const fileAccess = replaceable?.access;
      const [mappingText] = texts.mapping;
      const parts = { point, access: fileAccess, limits, metrics, tls, source, mappingText, warn };
      const grpc = await openGrpc(options, parts);
      signals?.start();
      const hasConsole = addConsole !== undefined;
      return {
        access: replaceable,
        point,
        activation,
        files,
        keeping,
        service,
        grpc,
        signals,
        closeSignals,
        hasConsole,
        isCurrent,
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

function describeTableProblem({ table, message }: TableError, files: readonly TableFile[]): string {
  const path = files.find(({ name }) => name === table)?.path;
  return path === undefined ? message : `${path}: ${message}`;
}

/** A node of a cluster uses the policy of the cluster. */
async function resolveState(
  state: Cluster | Store | undefined,
  { module }: KeptVersion,
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
