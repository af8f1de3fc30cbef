// Makes this process a node of a cluster: connects to NATS, creates the stream of the cluster if it does not exist, and
// returns what a decision point needs.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { SessionHost, SessionHostOptions } from '../pdp/sessions/session-host.ts';
import type { ApprovalStore } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { clusterApprovals } from './approvals.ts';
import { ClusterSessions } from './calls/cluster-sessions.ts';
import { IdentityKey } from './calls/identity.ts';
import { ClusterError } from './cluster-error.ts';
import { Heartbeats } from './partitions/heartbeats.ts';
import { type ConnectionOptions, connectToNats } from './records/connection.ts';
import { Names } from './records/names.ts';
import { NodeProof } from './records/node-proof.ts';
import { retryPatiently } from './records/patiently.ts';
import { type ClusterShape, Records } from './records/records.ts';
import { SharedPolicy } from './shared-policy.ts';
import { ClusterSignals } from './signals/cluster-signals.ts';

export interface ClusterOptions extends Omit<ConnectionOptions, 'name'> {
  /** Clusters with different names share nothing. Default: `default`. */
  readonly name?: string | undefined;
  /** The number of replicas of the stream. Default: 3. */
  readonly replicas?: number | undefined;
  /** Used when the stream is created; otherwise it must be the number of partitions of the stream. Default: 16. */
  readonly partitions?: number | undefined;
  /**
   * The member of the subject that identifies it, as `partitions`. Default: `subject.id`. It must be a part of the key of each
   * term across sessions.
   */
  readonly identity?: string | undefined;
  /** How long a lease is valid, in milliseconds. Default: 3,000. */
  readonly lease?: number | undefined;
  /** Whether events change sessions; partitions are then taken as soon as `signals` is attached. */
  readonly hasSignals?: boolean | undefined;
}

export interface Cluster {
  readonly node: string;
  readonly shape: ClusterShape;
  readonly approvals: ApprovalStore;
  readonly policy: SharedPolicy;
  readonly hostSessions: (options: SessionHostOptions) => SessionHost;
  /** The events of the cluster, or `undefined` if `hasSignals` was not set. */
  readonly signals: ClusterSignals | undefined;
  /** Throws a `ClusterError` if the files that prove who the node is cannot be used for another connection. */
  readonly expectCredentials: () => void;
  readonly close: () => Promise<void>;
}

const defaults = {
  name: 'default',
  replicas: 3,
  partitions: 16,
  identity: 'subject.id',
  lease: 3_000,
};
/** How long what is to be sent may take at the end, in milliseconds. */
const maxDrain = 2_000;
/** The share of a lease that a request to JetStream may take. */
const requestShare = 0.6;

/** Rejects with a `ClusterError`. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { name, replicas, partitions, identity, lease } = {
    ...defaults,
    ...dropUndefined(options),
  };
  if (!/^[\w-]{1,64}$/.test(name)) throw new ClusterError(`${name} is not a name of a cluster`);
  const key = new IdentityKey(identity);
  const node = randomUUID();
  const servers = options.servers.map((server) => server.replace(/\/\/[^@/]*@/, '//')).join(', ');
  const proof = new NodeProof(options);
  const connection = await connectToNats({ ...options, name: `nhipol ${node}` }, proof);
  try {
    const names = new Names(name);
    const records = await Records.open(connection, names, lease * requestShare);
    const wanted = { partitions, identity: key.path };
    const shape = await retryPatiently(() => records.create(wanted, replicas));
    expectShape(shape, options);
    const heartbeats = new Heartbeats(connection, names.heartbeat, node, lease);
    const policy = new SharedPolicy(records, () => heartbeats.policy);
    const signals =
      options.hasSignals === true ? new ClusterSignals(connection, records) : undefined;
    return {
      node,
      shape,
      policy,
      signals,
      approvals: clusterApprovals(records),
      expectCredentials: () => proof.expect(),
      hostSessions: (sessions) =>
        new ClusterSessions({
          connection,
          records,
          node,
          shape,
          lease,
          heartbeats,
          sessions,
          signals,
          policy: () => policy.sequence,
        }),
      close: async () => {
        policy.close();
        signals?.end();
        await endConnection(connection);
      },
    };
  } catch (error) {
    await connection.close();
    if (error instanceof ClusterError) throw error;
    throw new ClusterError(`JetStream of ${servers} cannot be used: ${formatErrorMessage(error)}`);
  }
}

/** Sends what is to be sent, unless no server can be reached: a drain would wait for the next connection. */
async function endConnection(connection: NatsConnection): Promise<void> {
  const drained = connection.drain().catch(() => {});
  await Promise.race([drained, delay(maxDrain, undefined, { ref: false })]);
  await connection.close();
}

function expectShape(shape: ClusterShape, { partitions, identity }: ClusterOptions): void {
  if (partitions !== undefined && partitions !== shape.partitions) {
    throw new ClusterError(`the cluster has ${shape.partitions} partitions, and not ${partitions}`);
  }
  if (identity !== undefined && identity !== shape.identity) {
    throw new ClusterError(`the cluster is divided by ${shape.identity}, and not by ${identity}`);
  }
}

/** The options without those that are undefined. */
function dropUndefined<Options extends object>(options: Options) {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Options]?: NonNullable<Options[Name]> };
}
