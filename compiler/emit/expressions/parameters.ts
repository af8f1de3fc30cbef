// What stands in a hole, as the two u32 that a row holds of it: the halves of a word, or the pointer
// and the length of what is laid out elsewhere.

import type { Pattern } from '../../../language/index.ts';
import type { HoleValue } from '../../plan/member.ts';
import { halves, type StaticData } from '../data/static-data.ts';

export function layHole(value: HoleValue, data: StaticData): readonly [low: number, high: number] {
  if (typeof value === 'boolean') throw new Error('broken invariant: a truth value in a hole');
  if (typeof value === 'bigint') return halves(value);
  if (isPattern(value)) return [data.pattern(value), 0];
  const { address, length } = data.block(value);
  return [address, length];
}

function isPattern(value: HoleValue): value is Pattern {
  return typeof value === 'object' && 'source' in value;
}
