// Encodes the value of a parameter as the two u32 in a row: the halves of a word, or the pointer and the
// length of data stored elsewhere.

import type { Pattern } from '@nhipol/language/types';
import type { ParameterValue } from '../../plan/member.ts';
import { type StaticData, splitWord } from '../data/static-data.ts';

/** The bytes of a parameter in a row. */
export const parameterBytes = 8;

export function layParameter(
  value: ParameterValue,
  data: StaticData,
): readonly [low: number, high: number] {
  if (typeof value === 'boolean') throw new Error('broken invariant: a truth value as a parameter');
  if (typeof value === 'bigint') return splitWord(value);
  if (isPattern(value)) return [data.pattern(value), 0];
  const { address, length } = data.block(value);
  return [address, length];
}

function isPattern(value: ParameterValue): value is Pattern {
  return typeof value === 'object' && 'source' in value;
}
