// Blocks of memory never overlap, none is lost, and all freed memory can be allocated again.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';

const { exports } = await Library.load();
const start = exports.BLOCKS.value;
const header = 16;
/** Words are compared as a whole, also at the end of a block. */
const readBehind = 7;
const page = 65_536;

const step = fc.oneof(
  fc.record({ take: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 150_000 })) }),
  fc.record({ give: fc.nat() }),
);

test('allocated blocks are disjoint, within memory, and keep their contents', () => {
  const room = 4 * page;
  exports.setLimit(4);
  exports.give(exports.take(room - 2 * header));
  const bytes = new Uint8Array(exports.memory.buffer);
  const seen = { refused: 0, again: 0 };
  const property = fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
    const allocated: { address: number; size: number; mark: number }[] = [];
    let highest = 0;
    for (const [at, one] of steps.entries()) {
      if ('take' in one) {
        const address = exports.take(one.take);
        if (address === 0) {
          seen.refused += 1;
          continue;
        }
        expect(address % 16).toBe(0);
        expect(address).toBeGreaterThanOrEqual(start + header);
        expect(address + one.take + readBehind).toBeLessThanOrEqual(start + room);
        if (address < highest) seen.again += 1;
        highest = Math.max(highest, address);
        for (const other of allocated) {
          const apart =
            address + one.take <= other.address - header ||
            other.address + other.size <= address - header;
          expect(apart).toBe(true);
        }
        const mark = (at % 250) + 1;
        bytes.fill(mark, address, address + one.take);
        allocated.push({ address, size: one.take, mark });
      } else if (allocated.length > 0) {
        const [block] = allocated.splice(one.give % allocated.length, 1);
        if (block === undefined) continue;
        const written = bytes.subarray(block.address, block.address + block.size);
        expect(written.every((byte) => byte === block.mark)).toBe(true);
        exports.give(block.address);
      }
    }
    for (const { address } of allocated) exports.give(address);
    // All memory is one block again.
    const whole = exports.take(room - 2 * header);
    expect(whole).toBe(start + header);
    exports.give(whole);
  });
  fc.assert(property, { numRuns: 300 });
  expect(seen.refused).toBeGreaterThan(20);
  expect(seen.again).toBeGreaterThan(100);
});

test('memory grows up to the limit, and above it only as far as is allowed', async () => {
  const { exports: fresh } = await Library.load();
  const pages = () => (fresh.memory.buffer.byteLength - start) / page;
  const before = Math.max(0, pages());
  expect(fresh.take((before + 1) * page)).toBe(0);
  fresh.setLimit(before + 20);
  expect(fresh.take((before + 1) * page)).not.toBe(0);
  expect(pages()).toBeGreaterThan(before + 1);
  expect(fresh.take(40 * page)).toBe(0);
  fresh.allowExtra(40);
  expect(fresh.take(40 * page)).not.toBe(0);
  fresh.allowExtra(0);
  fresh.setLimit(-1);
  expect(fresh.take(0x7fff_0000)).toBe(0);
});
