// Decides whether a value fits a declared parameter or result. Records fit by structure: a value
// may have additional members, and optional members fit; a declared freshness or default must be
// the same, and a declared range must be respected.

import type { Expr } from '../../model/model.ts';
import { isSubrange } from '../../types/ranges.ts';
import { isSameType, isSameValue, type Member, type Type, typeName } from '../../types/types.ts';
import { buildRangeConditions, keepsRange } from '../declarations/ranges.ts';
import { findRootMember } from './root-members.ts';

/** Looks up a member by name, or returns `undefined` if it cannot be read. */
export type LookUp = (name: string) => Member | undefined;

/**
 * Looks up the members of a record or of a root of the request, as far as they can be read there.
 */
export function createMemberLookup(value: Expr): LookUp {
  return findRootMember(value) ?? createRecordLookup(value.type);
}

function createRecordLookup(type: Type): LookUp {
  return (name) => (type.kind === 'Record' ? type.members.get(name) : undefined);
}

/** Why `found` does not fit `expected`, or `undefined` if it does. */
export function lacks(
  expected: Type,
  found: Type,
  lookUp: LookUp = createRecordLookup(found),
): string | undefined {
  if (expected.kind === 'List' && found.kind === 'List')
    return lacks(expected.element, found.element);
  if (expected.kind !== 'Record' || found.kind !== 'Record') {
    return isSameType(expected, found) ? undefined : `this is ${typeName(found)}`;
  }
  for (const member of expected.members.values()) {
    const mismatch = describeMismatch(member, lookUp(member.name));
    if (mismatch !== undefined) return mismatch;
  }
  return undefined;
}

function describeMismatch(expected: Member, member: Member | undefined): string | undefined {
  const name = `\`${expected.name}\``;
  if (member === undefined) return `it has no ${name}`;
  if (lacks(expected.type, member.type) !== undefined) return `its ${name} has another type`;
  if (!isNarrowed(expected.type, member.type))
    return `its ${name} can be outside of \`${typeName(expected.type)}\``;
  if (expected.fresh !== undefined && expected.fresh !== member.fresh)
    return `its ${name} has no \`fresh\`, or a shorter one`;
  const { default: value } = expected;
  if (value === undefined) return undefined;
  const same = member.default !== undefined && isSameValue(value, member.default);
  return same ? undefined : `its ${name} has another default`;
}

/** Why a value of the right type may be outside a declared range, or `undefined` if it cannot be. */
export function describeOutside(expected: Type, value: Expr): string | undefined {
  const inside =
    value.kind === 'Constant'
      ? keepsRange(expected, value.value)
      : buildRangeConditions(expected, value).length === 0;
  return inside ? undefined : `it can be outside of \`${typeName(expected)}\``;
}

/** Whether a member respects the declared range, if there is one. */
function isNarrowed(expected: Type, found: Type): boolean {
  if (expected.kind !== 'Int' && expected.kind !== 'Decimal') return true;
  const range = 'range' in found ? found.range : undefined;
  return expected.range === undefined || (range !== undefined && isSubrange(range, expected.range));
}
