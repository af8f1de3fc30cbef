// Makes the service a node of a cluster, if a server of it is named.

import type { Cluster } from '@nhipol/service/cluster';
import { UsageError } from '../../io/exit-codes.ts';

export interface ClusterCommandOptions {
  readonly cluster: readonly string[];
  readonly clusterName?: string;
  readonly clusterCreds?: string;
  readonly clusterCa?: string;
  readonly clusterCert?: string;
  readonly clusterKey?: string;
  readonly clusterReplicas?: number;
  readonly clusterPartitions?: number;
  readonly clusterIdentity?: string;
  /** Seconds. */
  readonly clusterLease?: number;
  /** Percent. */
  readonly holdAbove: number;
  readonly signals?: string;
  readonly publicUrl?: string;
}

/** Returns `undefined` if no server is named. */
export async function openClusterNode(
  options: ClusterCommandOptions,
): Promise<Cluster | undefined> {
  const { cluster: servers, clusterLease: lease, holdAbove } = options;
  if (servers.length === 0) return undefined;
  if (holdAbove < 100) {
    throw new UsageError(
      '--hold-above compares the sessions of one node: leave it out with --cluster',
    );
  }
  if (options.signals !== undefined && options.publicUrl === undefined) {
    throw new UsageError('--signals with --cluster needs --public-url, which all nodes share');
  }
  for (const server of servers) {
    if (URL.canParse(server) && /^(nats|tls):$/.test(new URL(server).protocol)) continue;
    throw new UsageError('--cluster: expected a URL such as nats://127.0.0.1:4222');
  }
  const { ClusterError, openCluster } = await import('@nhipol/service/cluster');
  try {
    return await openCluster({
      servers,
      name: options.clusterName,
      credentials: options.clusterCreds,
      authorities: options.clusterCa,
      certificate: options.clusterCert,
      key: options.clusterKey,
      replicas: options.clusterReplicas,
      partitions: options.clusterPartitions,
      identity: options.clusterIdentity,
      lease: lease === undefined ? undefined : lease * 1_000,
      hasSignals: options.signals !== undefined,
    });
  } catch (error) {
    if (error instanceof ClusterError) throw new UsageError(error.message);
    throw error;
  }
}
