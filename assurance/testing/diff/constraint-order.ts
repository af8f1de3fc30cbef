// Which of two values of a constraint permits more, according to how its values are merged, since merging keeps
// the stricter one.

import type { Constraint } from '@nhipol/language/model';
import { parseDecimal, parseInstant, type Type } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';

/** `other`: each permits something that the other does not, or the order is unknown. */
export type Widening = 'same' | 'wider' | 'narrower' | 'other';

/** `undefined` if it is not constrained. Two versions may declare the constraint differently. */
export function findWidening(
  [declared, value]: readonly [Constraint | undefined, JsonValue | undefined],
  [newDeclared, newValue]: readonly [Constraint | undefined, JsonValue | undefined],
): Widening {
  if (value === undefined || newValue === undefined) {
    return value === newValue ? 'same' : value === undefined ? 'narrower' : 'wider';
  }
  if (stringify(value) === stringify(newValue)) return 'same';
  if (declared === undefined || newDeclared === undefined) return 'other';
  if (declared.merge !== newDeclared.merge || declared.merge === 'must agree') return 'other';
  if (Array.isArray(value) && Array.isArray(newValue)) return setWidening(value, newValue);
  const [rank, newRank] = [
    rankValue(newDeclared.type, value),
    rankValue(newDeclared.type, newValue),
  ];
  if (rank === undefined || newRank === undefined || rank === newRank) return 'other';
  return newRank > rank === (declared.merge !== 'largest wins') ? 'wider' : 'narrower';
}

function setWidening(before: readonly JsonValue[], after: readonly JsonValue[]): Widening {
  const [old, now] = [before, after].map(
    (each) => new Set(each.map((element) => stringify(element))),
  );
  const isSubset = (inner?: ReadonlySet<string>, outer?: ReadonlySet<string>) =>
    [...(inner ?? [])].every((element) => outer?.has(element) === true);
  if (isSubset(old, now)) return 'wider';
  return isSubset(now, old) ? 'narrower' : 'other';
}

/** The maximum number of decimal places in an answer. */
const places = 6;

/** The order of the values of an ordered type. */
function rankValue(type: Type, value: JsonValue): bigint | undefined {
  if (typeof value !== 'string') {
    if (!['Int', 'Decimal', 'Duration'].includes(type.kind)) return undefined;
    const { digits, exponent } = parseDecimal(stringify(value));
    return digits * 10n ** BigInt(exponent + places);
  }
  if (type.kind === 'Timestamp') return parseInstant(value);
  if (type.kind !== 'Enum' || !type.members.includes(value)) return undefined;
  return BigInt(type.members.indexOf(value));
}
