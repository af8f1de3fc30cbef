// Whether a cluster can use a policy with terms across sessions: all events that a term counts must be in one partition, and NATS
// must accept the records of its keys.

import { type ManifestSessions, maxHistoryRecord } from '@nhipol/runtime/abi';
import { ClusterError } from '../cluster-error.ts';
import type { ClusterShape } from '../records/records.ts';

/** Throws a `ClusterError`. `maxBytes`: the length of a record that NATS accepts. */
export function expectWholeHistory(
  sessions: ManifestSessions | undefined,
  { partitions, identity }: ClusterShape,
  maxBytes: number,
): void {
  if (sessions?.shared_bytes === undefined) return;
  const hasIdentity = sessions.shared_keys?.every((key) => key.includes(identity)) ?? false;
  if (partitions > 1 && !hasIdentity) {
    throw new ClusterError(
      `sessions are divided by ${identity}, and the policy has a term across sessions whose key does not contain it, or not as a string: create the cluster with another --cluster-identity, or with one partition`,
    );
  }
  if (maxBytes >= maxHistoryRecord) return;
  throw new ClusterError(
    `the policy has terms across sessions, whose records have up to ${maxHistoryRecord} bytes, and NATS accepts ${maxBytes}: set its max_payload to 1MB`,
  );
}
