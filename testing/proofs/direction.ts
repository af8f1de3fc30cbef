// Whether a value of a member is more or less than another one, by the order of its type.

import type { Json } from '../../language/request/json.ts';
import { writeJson } from '../../language/request/json.ts';
import type { Place } from '../explore/paths.ts';

/** Undefined: neither, or it is not known. */
export function directionOf(type: Place['type'], a: Json, b: Json): 'up' | 'down' | undefined {
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
    const isNumber = numbers.has(type.kind);
    return isNumber && each.kind === 'number' ? Number(each.text) : -1;
  });
  if (x === undefined || y === undefined || !(x >= 0 && y >= 0) || x === y) return undefined;
  return y > x ? 'up' : 'down';
}

const numbers: ReadonlySet<string> = new Set(['Int', 'Decimal', 'Duration', 'Timestamp']);
