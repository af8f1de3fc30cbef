// Which node should own which partition: every node has the same number of them, give or take one, and few move when a
// node joins or leaves. Nodes with the same list agree.

import { createHash } from 'node:crypto';

export class PartitionAssignment {
  readonly #partitions: number;
  /** The list of nodes that the owners are for. */
  #nodes = '';
  #owners: readonly (string | undefined)[] = [];

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  /** Returns `undefined` if there is no node. */
  findOwner(partition: number, nodes: readonly string[]): string | undefined {
    const sorted = nodes.toSorted();
    const key = sorted.join(' ');
    if (key !== this.#nodes) {
      this.#nodes = key;
      this.#owners = assignPartitions(this.#partitions, sorted);
    }
    return this.#owners[partition];
  }
}

/** Each partition goes to the node for which its hash is greatest, of those that are not full. */
function assignPartitions(
  partitions: number,
  nodes: readonly string[],
): readonly (string | undefined)[] {
  const most = Math.ceil(partitions / nodes.length);
  const counts = new Map(nodes.map((node) => [node, 0]));
  return Array.from({ length: partitions }, (_, index) => {
    const open = nodes.filter((node) => (counts.get(node) ?? 0) < most);
    const [owner] = open.sort((one, other) => (hash(index, one) < hash(index, other) ? 1 : -1));
    if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    return owner;
  });
}

function hash(index: number, node: string): string {
  return createHash('sha256').update(`${index} ${node}`).digest('hex');
}
