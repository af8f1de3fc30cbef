// Nodes of a cluster in one process, for tests; each may receive and transmit events.

import { DecisionPoint, type SignalSettings } from '@nhipol/service';
import { type ClusterOptions, openCluster } from '@nhipol/service/cluster';
import { expect } from 'vitest';
import { type Arrival, Signals } from '../../../service/signals/signals.ts';

export interface NodeOptions extends Partial<ClusterOptions> {
  readonly server: string;
  readonly module: Uint8Array;
  /** `undefined` for a cluster without events. */
  readonly signals?: SignalSettings;
}

export type ClusterNode = Awaited<ReturnType<typeof joinCluster>>;

const lease = 800;
let number = 0;

/** Returns a function that makes another node of the same new cluster; all must be closed. */
export function newCluster(options: NodeOptions) {
  number += 1;
  const name = `nodes-${number}`;
  return {
    name,
    join: (module = options.module, signals = options.signals) =>
      joinCluster({ name, ...options, module, ...(signals === undefined ? {} : { signals }) }),
  };
}

async function joinCluster({ server, module, signals: settings, ...options }: NodeOptions) {
  const cluster = await openCluster({
    servers: [server],
    replicas: 1,
    partitions: 6,
    lease,
    ...options,
    hasSignals: settings !== undefined,
  });
  const warnings: string[] = [];
  const onWarning = (warning: string) => warnings.push(warning);
  const point = await DecisionPoint.open({
    module: await cluster.policy.join(module),
    store: cluster.approvals,
    hostSessions: cluster.hostSessions,
    onWarning,
  });
  const signals =
    settings &&
    cluster.signals &&
    (await Signals.open({
      settings,
      policy: () => point.policy,
      now: Date.now,
      onWarning,
      sessions: cluster.signals,
      store: cluster.signals.outgoing,
      observer: { arrived: () => {}, transmitted: () => {} },
      url: () => 'https://pdp.example',
    }));
  const arrivals: Arrival[] = [];
  signals?.listen((arrival) => arrivals.push(arrival));
  signals?.start();
  let isClosed = false;
  return {
    cluster,
    point,
    warnings,
    arrivals,
    sessions: point.sessions,
    /** Throws for a node without events. */
    get signals() {
      if (signals === undefined) throw new Error('the node has no events');
      return signals;
    },
    get isOnDuty() {
      return cluster.signals?.duty.isMine ?? false;
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await signals?.end();
      await point.close();
      await cluster.close();
    },
  };
}

/** Resolves when every partition has an owner, as far as these nodes know. */
export async function ready(...nodes: readonly ClusterNode[]): Promise<void> {
  await expect
    .poll(() => nodes.map(({ sessions }) => sessions.unready()), { timeout: 10_000 })
    .toEqual(nodes.map(() => undefined));
}

/** Resolves when each of these nodes owns partitions. */
export async function divideNetwork(...nodes: readonly ClusterNode[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2 * lease));
  await ready(...nodes);
}
