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
  const keep = (module: Uint8Array) =>
    void source.keep(module).catch((error) => warn(`the policy is not kept: ${error.message}`));
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
    void files().then((used) => {
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

function report(outcome: ReturnType<Activation['offer']>, warn: (warning: string) => void): void {
  if (outcome.kind === 'activated') warn(`the new policy is active: ${outcome.changes}`);
}
