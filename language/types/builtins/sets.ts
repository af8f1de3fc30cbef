// Membership, subset and set algebra on sets and lists of scalars. Sets have no order and no duplicates; a
// list is treated as the set of its elements.

import { countRange } from '../ranges.ts';
import { isBytes } from '../scalars.ts';
import {
  bool,
  int,
  isCollection,
  isEquatable,
  isSameType,
  makeSetType,
  removeRange,
  type Type,
  type Value,
} from '../types.ts';
import { type NetworkRelation, relateNetworks, resolveAddressMembership } from './addresses.ts';
import type { BuiltinRow, BuiltinRows } from './builtin.ts';

type Elements = readonly Value[];

function has(set: Elements, value: Value): boolean {
  return set.includes(value);
}

/** The element type of a collection of scalars. */
function findScalarElement(type: Type | undefined): Type | undefined {
  return (type?.kind === 'Set' || type?.kind === 'List') && isEquatable(type.element)
    ? type.element
    : undefined;
}

/** Selects the function of the library by the representation of the elements. */
function nameVariant(name: string, element: Type): string {
  return `${name}${isBytes(element) ? 'Bytes' : 'Words'}`;
}

function createMembershipRow(doc: string, negated: boolean): BuiltinRow {
  return {
    doc,
    operands: 2,
    cost: 'length',
    takes: 'a value and a set or list of its type, or an Ip and one or several Cidrs',
    resolve: ([value, collection]) => {
      const element = findScalarElement(collection);
      if (element === undefined || value === undefined || !isSameType(element, value))
        return resolveAddressMembership(value, collection, negated);
      return {
        result: bool,
        assembly: nameVariant(negated ? 'notIn' : 'in', element),
        mayFail: false,
        evaluate: ([x, set]) => has(set as Elements, x as Value) !== negated,
      };
    },
  };
}

function createRelationRow(
  name: NetworkRelation,
  doc: string,
  assembly: string,
  evaluate: (a: Elements, b: Elements) => boolean,
): BuiltinRow {
  return {
    doc,
    operands: 2,
    cost: 'product',
    takes: 'two sets of the same type, or two Cidrs',
    resolve: ([left, right]) => {
      const element = findScalarElement(left);
      const other = findScalarElement(right);
      if (element === undefined || other === undefined || !isSameType(element, other))
        return relateNetworks(name, left, right);
      return {
        result: bool,
        assembly: nameVariant(assembly, element),
        mayFail: false,
        evaluate: ([a, b]) => evaluate(a as Elements, b as Elements),
      };
    },
  };
}

function createAlgebraRow(
  name: string,
  doc: string,
  evaluate: (a: Elements, b: Elements) => Elements,
): BuiltinRow {
  return {
    doc,
    operands: 2,
    cost: 'product',
    takes: 'two sets of the same type',
    resolve: ([left, right]) => {
      if (left?.kind !== 'Set' || right?.kind !== 'Set') return undefined;
      if (!isSameType(left.element, right.element) || !isEquatable(left.element)) return undefined;
      return {
        result: removeRange(makeSetType(left.element)),
        assembly: nameVariant(name, left.element),
        mayFail: false,
        evaluate: ([a, b]) => evaluate(a as Elements, b as Elements),
      };
    },
  };
}

export const setBuiltins = {
  in: createMembershipRow(
    'Whether the value is an element of the collection, or the address is in the network.',
    false,
  ),
  'not in': createMembershipRow(
    'Whether the value is not an element of the collection, or the address is not in the network.',
    true,
  ),
  within: createRelationRow(
    'within',
    'Whether the left is a subset of the right.',
    'within',
    (a, b) => a.every((x) => has(b, x)),
  ),
  'not within': createRelationRow(
    'not within',
    'Whether the left is not a subset of the right.',
    'notWithin',
    (a, b) => a.some((x) => !has(b, x)),
  ),
  intersects: createRelationRow(
    'intersects',
    'Whether the two have an element or address in common.',
    'intersects',
    (a, b) => a.some((x) => has(b, x)),
  ),
  union: createAlgebraRow('union', 'The elements that are in either set.', (a, b) => [
    ...a,
    ...b.filter((x) => !has(a, x)),
  ]),
  intersect: createAlgebraRow('intersect', 'The elements that are in both sets.', (a, b) =>
    a.filter((x) => has(b, x)),
  ),
  minus: createAlgebraRow(
    'minus',
    'The elements of the left set that are not in the right set.',
    (a, b) => a.filter((x) => !has(b, x)),
  ),
  size: {
    doc: 'The number of elements; a set counts duplicates once.',
    operands: 1,
    cost: 'constant',
    takes: 'a set, a list or a map',
    resolve: ([collection]) =>
      collection !== undefined && isCollection(collection)
        ? {
            result: int,
            assembly: 'readCount',
            mayFail: false,
            evaluate: ([elements]) => BigInt((elements as Elements).length),
            reach: () => ({ range: countRange, mayFail: false }),
          }
        : undefined,
  },
} satisfies BuiltinRows;
