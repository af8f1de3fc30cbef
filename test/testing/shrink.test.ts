// Requests shrink in few steps, even if a boundary is far from zero.

import { noTables } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { simplify } from '../../assurance/testing/explore/shrink.ts';
import { checkPolicy } from '../support/checking.ts';

const policy = checkPolicy(`policy p
subject agent { age: Int }
for agent { permit ok when subject.age > 1 }
`);
const text = (age: number) =>
  JSON.stringify({
    subject: { type: 'agent', id: 'x', properties: { age } },
    action: { name: 'x' },
    resource: { type: 'x', id: 'x' },
    context: {},
  });

test.for([1_772_532_000, -1_772_532_000])('a number shrinks to its boundary from %i', (age) => {
  const border = Math.sign(age) * 1_700_000_123;
  let tried = 0;
  const shrunk = simplify(policy, { text: text(age), now: undefined, tables: noTables }, (each) => {
    tried += 1;
    const found = JSON.parse(each.text).subject.properties.age;
    return Math.abs(found) >= Math.abs(border);
  });
  expect(JSON.parse(shrunk.text).subject.properties.age).toBe(border);
  expect(tried).toBeLessThan(1000);
});
