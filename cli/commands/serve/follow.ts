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
import type { PolicyVersion } from './kept-policy.ts';
import { type ModuleSource, pinProblem } from './policy-source.ts';
import { Reloads } from './reloads.ts';
import { readSettings, type ServeSettings, type SettingsOptions } from './settings.ts';

/** The parts of a service that use settings. */
export interface Followed {
  /** The access of the file; undefined: there is none. */
  readonly access: ReplaceableAccess | undefined;
  readonly point: DecisionPoint;
  readonly activation: Activation;
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
  { access, point, activation, service, grpc, signals }: Followed,
  { options, files, version, cluster, shipping, warn }: Following,
): Reloads<ServeSettings> {
  const { policySha256: pinned } = options;
  /** The latest version that was not refused, in use or held back: other tables are those of it. */
  let latest = cluster === undefined ? source.module : point.policy.bytes;
  /** Returns whether the version is in use or held back. */
  const offer = (module: Uint8Array): boolean => {
    const isUsed = offerModule(activation, module, warn);
    if (isUsed) latest = module;
    return isUsed;
  };
  cluster?.policy.watch((module) => {
    const problem = pinProblem(module, pinned);
    if (problem === undefined) offer(module);
    else activation.refuse(`the policy of the cluster: ${problem}`);
  }, warn);
  /** Returns whether the version is in use, held back, or on its way through the cluster. */
  const activate = (module: Uint8Array): boolean => {
    if (cluster === undefined) return offer(module);
    try {
      point.load(module);
    } catch (error) {
      activation.refuse(`the policy was not activated: ${(error as Error).message}`);
      return false;
    }
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
    if (isUsed && (module === undefined || cluster !== undefined)) isUsed = offer(latest);
    if (!isUsed) point.replaceTables(before);
    return isUsed;
  };
  /** All of them are read and examined; only the policy with its tables may be refused yet. */
  const apply = (settings: ServeSettings, module: Uint8Array | undefined): boolean => {
    if (!activateWith(settings.tables, module)) return false;
    const { facts, inventory } = settings;
    point.replaceFacts({ facts, inventory });
    if (settings.mapping !== undefined) grpc?.replaceMapping(settings.mapping);
    if (settings.signingKey !== undefined) service.replaceSigningKey(settings.signingKey);
    if (settings.collectorToken !== undefined) shipping?.replaceToken(settings.collectorToken);
    if (settings.access !== undefined) access?.replace(settings.access);
    settings.useSignals();
    if (settings.tls !== undefined) {
      service.replaceTls(settings.tls);
      grpc?.replaceTls(settings.tls);
    }
    service.recheckCallers();
    signals?.transmitter
      .recheckReceivers()
      .catch((error) => warn(`streams of receivers cannot be read: ${error.message}`));
    activation.settle();
    const held = activation.held === undefined ? [] : options.table.map(({ path }) => path);
    void files().then((read) => {
      const used = read.filter((path) => !held.includes(path));
      if (used.length > 0) warn(`${used.join(', ')}: in use as read now`);
    });
    return true;
  };
  return new Reloads<ServeSettings>(
    {
      ...{ source, files, apply },
      read: () => readSettings(options, { signals, cluster, warn }),
      onProblem: (problem) => activation.refuse(problem),
      onSettled: () => activation.settle(),
    },
    version,
  );
}

/** Offers the version that is current at the start, as a change of the one that was in use last. */
export function offerVersion(
  activation: Activation,
  point: DecisionPoint,
  { module, tables }: PolicyVersion,
  warn: (warning: string) => void,
): void {
  point.replaceTables(tables);
  offerModule(activation, module, warn);
}

function offerModule(
  activation: Activation,
  module: Uint8Array,
  warn: (warning: string) => void,
): boolean {
  const outcome = activation.offer(module);
  if (outcome.kind === 'activated') warn(`the new policy is active: ${outcome.changes}`);
  return outcome.kind !== 'refused';
}
