// Whether a value of a member is more or less than another one, by the order of its type.

import { type Json, writeJson } from '@nhipol/language';
import { findRange } from '@nhipol/proving';
import type { RequestPlace } from '../explore/paths.ts';

/** The direction from the first value to the second, or `undefined` if there is none, or it is not known. */
export function findDirection(
  type: RequestPlace['type'],
  a: Json,
  b: Json,
): 'up' | 'down' | undefined {
  if (type.kind === 'Set') {
    const [x, y] = [a, b].map((each) =>
      each.kind === 'array' ? each.elements.map(writeJson) : [],
    );
    if (x === undefined || y === undefined) return undefined;
    const [isLess, isMore] = [y.every((e) => x.includes(e)), x.every((e) => y.includes(e))];
    return isLess === isMore ? undefined : isMore ? 'up' : 'down';
  }
  const [x, y] = [a, b].map((each) => {
    if (type.kind === 'Enum') return each.kind === 'string' ? type.members.indexOf(each.value) : -1;
    if (type.kind === 'Timestamp' && each.kind === 'string') return Date.parse(each.value);
    return each.kind === 'number' && isUsable(type, Number(each.text)) ? Number(each.text) : -1;
  });
  if (x === undefined || y === undefined || !(x >= 0 && y >= 0) || x === y) return undefined;
  return y > x ? 'up' : 'down';
}

/** The number of units of a range in one of JSON: decimals are in millionths, durations and instants in milliseconds. */
const units: Readonly<Record<string, number>> = {
  Int: 1,
  Decimal: 1_000_000,
  Duration: 1_000,
  Timestamp: 1_000,
};

/** A number outside of its range is not a value: neither more nor less than others. */
function isUsable(type: RequestPlace['type'], value: number): boolean {
  const unit = units[type.kind];
  const { min, max } = findRange(type);
  return unit !== undefined && value * unit >= Number(min) && value * unit <= Number(max);
}
