// Which node owns which partition, as the nodes report it.

import { connect } from '@nats-io/transport-node';
import { findPartition } from '../../service/dist/cluster/calls/identity.js';

const partitions = 16;

export function findPartitionByIdentity(identity) {
  return findPartition(JSON.stringify(identity), partitions);
}

export async function readOwners({ servers }) {
  const connection = await connect({ servers: servers.map(({ url }) => url) });
  const owners = new Map();
  const heard = connection.subscribe('nhipol.default.heartbeat', {
    callback: (_error, message) => {
      const { node, partitions: owned } = message.json();
      for (const index of Object.keys(owned)) owners.set(Number(index), node);
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  heard.unsubscribe();
  await connection.close();
  return owners;
}
