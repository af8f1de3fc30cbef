// Numbers for generated requests, where answers change: at the boundaries of ranges and next to them; Decimals in
// all their notations, slightly off, or halfway between two millionths.

import type { Range } from '@nhipol/language/types';

/** Picks one of several values. */
export type Pick = <T>(values: readonly T[]) => T;

export function pickNearBoundary({ min, max }: Range, pick: Pick): bigint {
  return pick([min - 1n, min, min + 1n, max - 1n, max, max + 1n, (min + max) / 2n]);
}

/** JSON for a number of millionths, or for a number less than one millionth away from it. */
export function writeDecimal(millionths: bigint, pick: Pick): string {
  const sign = millionths < 0n ? '-' : '';
  const magnitude = millionths < 0n ? -millionths : millionths;
  const whole = magnitude / 1_000_000n;
  const fraction = String(magnitude % 1_000_000n).padStart(6, '0');
  return pick([
    `${sign}${whole}.${fraction}`,
    `${sign}${whole}.${fraction}`,
    `${sign}${whole}.${fraction}${pick(['5', '4999', '50', '500001', '51', '49'])}`,
    `${sign}${magnitude}e-6`,
    `${sign}${whole}${fraction}5E-7`.replace(/^(-?)0+(?=\d)/, '$1'),
    `${sign}${whole}`,
  ]);
}
