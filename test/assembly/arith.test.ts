// Compares checked arithmetic with BigInt.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';

const { exports } = await Library.load();

const min = -(2n ** 63n);
const max = 2n ** 63n - 1n;
const integer = fc.oneof(
  fc.constantFrom(min, min + 1n, -1n, 0n, 1n, 2n, max - 1n, max, 2n ** 31n, 2n ** 32n),
  fc.bigInt({ min: min, max: max }),
  fc.bigInt({ min: -5_000_000_000n, max: 5_000_000_000n }),
);

function check(result: bigint, exact: bigint | undefined): void {
  const fits = exact !== undefined && exact >= min && exact <= max;
  expect(exports.ok.value).toBe(fits ? 1 : 0);
  if (fits) expect(result).toBe(exact);
}

test('a result is exact or not ok', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      check(exports.addChecked(a, b), a + b);
      check(exports.subChecked(a, b), a - b);
      check(exports.mulChecked(a, b), a * b);
      check(exports.divChecked(a, b), b === 0n ? undefined : a / b);
      check(exports.negChecked(a), -a);
    }),
    { numRuns: 3_000 },
  );
});
