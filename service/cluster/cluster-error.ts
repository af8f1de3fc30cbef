/** Why the process cannot be a node of a cluster. */
export class ClusterError extends Error {}
