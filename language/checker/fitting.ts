// Whether a value fits where a parameter or a result is declared. Records fit by structure: a value
// may have more members than are asked for, and whether a member may be missing is its own affair;
// where a freshness or a default is stated, it must be the same, and where a range is, it must be kept.

import type { Expr } from '../model/model.ts';
import { isWithin } from '../types/ranges.ts';
import { type Member, sameType, sameValue, type Type, typeName } from '../types/types.ts';
import { rootMember } from './names.ts';
import { keepsRange, rangeConditions } from './ranges.ts';

export type LookUp = (name: string) => Member | undefined;

/** Finds the members of a record, also of one of the roots, as far as they can be read there. */
export function lookUpIn(value: Expr): LookUp {
  return rootMember(value) ?? membersOf(value.type);
}

function membersOf(type: Type): LookUp {
  return (name) => (type.kind === 'Record' ? type.members.get(name) : undefined);
}

/** What keeps `found` from being taken for `expected`; undefined: nothing. */
export function lacks(
  expected: Type,
  found: Type,
  lookUp: LookUp = membersOf(found),
): string | undefined {
  if (expected.kind === 'List' && found.kind === 'List')
    return lacks(expected.element, found.element);
  if (expected.kind !== 'Record' || found.kind !== 'Record') {
    return sameType(expected, found) ? undefined : `this is ${typeName(found)}`;
  }
  for (const member of expected.members.values()) {
    const lack = lacksMember(member, lookUp(member.name));
    if (lack !== undefined) return lack;
  }
  return undefined;
}

function lacksMember(expected: Member, found: Member | undefined): string | undefined {
  const name = `\`${expected.name}\``;
  if (found === undefined) return `it has no ${name}`;
  if (lacks(expected.type, found.type) !== undefined) return `its ${name} has another type`;
  if (!isNarrowed(expected.type, found.type))
    return `its ${name} can be outside of \`${typeName(expected.type)}\``;
  if (expected.fresh !== undefined && expected.fresh !== found.fresh)
    return `its ${name} has no \`fresh\`, or a shorter one`;
  const { default: value } = expected;
  if (value === undefined) return undefined;
  const same = found.default !== undefined && sameValue(value, found.default);
  return same ? undefined : `its ${name} has another default`;
}

/** What keeps a value of the right type from lying in a declared range. */
export function outside(expected: Type, value: Expr): string | undefined {
  const inside =
    value.kind === 'Constant'
      ? keepsRange(expected, value.value)
      : rangeConditions(expected, value).length === 0;
  return inside ? undefined : `it can be outside of \`${typeName(expected)}\``;
}

/** Whether a member keeps the range that is asked for, as far as one is. */
function isNarrowed(expected: Type, found: Type): boolean {
  if (expected.kind !== 'Int' && expected.kind !== 'Decimal') return true;
  const range = 'range' in found ? found.range : undefined;
  return expected.range === undefined || (range !== undefined && isWithin(range, expected.range));
}
