// The assignment of partitions to nodes is even, the same at each node, and changes little.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartitionAssignment } from '../../../service/cluster/partitions/assignment.ts';

const partitions = 16;

function owners(nodes: readonly string[]): readonly (string | undefined)[] {
  const assignment = new PartitionAssignment(partitions);
  return Array.from({ length: partitions }, (_, index) => assignment.findOwner(index, nodes));
}

const nodeNames = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 20 });

test('gives every partition to a node, and no node more than its share', () => {
  fc.assert(
    fc.property(nodeNames, (nodes) => {
      const found = owners(nodes);
      const most = Math.ceil(partitions / nodes.length);
      for (const node of nodes) {
        expect(found.filter((owner) => owner === node).length).toBeLessThanOrEqual(most);
      }
      expect(found.every((owner) => owner !== undefined && nodes.includes(owner))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('does not depend on the order of the nodes', () => {
  fc.assert(
    fc.property(nodeNames, (nodes) => {
      expect(owners(nodes.toReversed())).toEqual(owners(nodes));
    }),
    { numRuns: 50 },
  );
});

test('follows a list of nodes that changes', () => {
  const assignment = new PartitionAssignment(partitions);
  expect(assignment.findOwner(0, ['a'])).toBe('a');
  expect(assignment.findOwner(0, ['b'])).toBe('b');
  expect(assignment.findOwner(0, [])).toBeUndefined();
});
