// The service as one of several nodes, on NATS JetStream: `@nhipol/service/cluster`. A service on one machine does not
// load it.

export { ClusterError } from './cluster-error.ts';
export { type Cluster, type ClusterOptions, openCluster } from './open-cluster.ts';
export type { ConnectionOptions } from './records/connection.ts';
