// Members that two policies declare with different types: one value of the request, and what each type reads of it.

import { type EnumType, int64Range, type Type } from '@nhipol/language/types';
import { type Literal, no } from '../formula/formula.ts';
import { createConstantTerm } from '../formula/linear.ts';
import {
  createChoiceValue,
  createNumberValue,
  createUnknown,
  isNumber,
} from '../symbolic/algebra.ts';
import type { Choice, Finite, Symbolic, TextValue } from '../symbolic/symbolic.ts';
import type { SymbolicEncoding } from './encoding.ts';

export type JsonForm = 'boolean' | 'number' | 'string' | 'array' | 'object';

/** The form of the JSON that a type reads; no value is valid for types with different forms. */
export function getJsonForm(type: Type): JsonForm {
  switch (type.kind) {
    case 'Bool':
      return 'boolean';
    case 'Set':
    case 'List':
      return 'array';
    case 'Map':
    case 'Record':
      return 'object';
    case 'Timestamp':
      return type.inSeconds === true ? 'number' : 'string';
    default:
      type.kind satisfies
        | ('Int' | 'Decimal' | 'String' | 'Duration' | 'SpiffeId' | 'Ip' | 'Cidr')
        | 'Enum';
      return isNumber(type) ? 'number' : 'string';
  }
}

/** A value that all the types can read, with a type for writing it, or `undefined` if there is no representation. */
export function encodeCommonValue(
  encoding: SymbolicEncoding,
  place: string,
  types: readonly Type[],
  present: Literal,
): { readonly type: Type; readonly value: Symbolic<never> } | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  if (types.every(({ kind }) => kind === 'String' || kind === 'Enum'))
    return { type: { kind: 'String' }, value: encoding.values.commonText(place, types, present) };
  if (!isNumber(first) || types.some(({ kind }) => kind !== first.kind)) return undefined;
  const usable = encoding.formula.and(present, encoding.formula.variable(`${place} fits 64 bits`));
  const term = encoding.createNumber(place, int64Range.min, int64Range.max);
  const type: Type = { ...first, range: undefined } as Type;
  return { type, value: createNumberValue([{ guard: usable, term }]) };
}

/** The common value as a type reads it. */
export function encodeView(
  encoding: SymbolicEncoding,
  type: Type,
  value: Symbolic<never>,
): Symbolic<never> {
  const { formula } = encoding;
  if (value.kind === 'number' && 'range' in type && type.range !== undefined) {
    const { min, max } = type.range;
    const cases = value.cases.map(({ guard, term }) => ({
      guard: formula.and(
        guard,
        formula.atMost(createConstantTerm(min), term),
        formula.atMost(term, createConstantTerm(max)),
      ),
      term,
    }));
    return createNumberValue(cases);
  }
  if (type.kind !== 'Enum') return value;
  if (value.kind === 'text') return findMember(encoding, type, value);
  if (value.kind !== 'choice') return createUnknown(type);
  const found = new Map<Finite, Literal>();
  for (const [text, literal] of value.values) {
    const own = type.members.indexOf(text as string);
    const ordinal = own < 0 ? type.otherwise : own;
    if (ordinal !== undefined) found.set(ordinal, formula.or(found.get(ordinal) ?? no, literal));
  }
  return createChoiceValue(found);
}

/** The member of an enum that a text names. */
function findMember(
  { formula, terms }: SymbolicEncoding,
  type: EnumType,
  { cases }: TextValue,
): Choice {
  const found = new Map<Finite, Literal>();
  const add = (ordinal: Finite, literal: Literal) =>
    found.set(ordinal, formula.or(found.get(ordinal) ?? no, literal));
  for (const { guard, term } of cases) {
    const named = type.members.map((member) => terms.equal(term, terms.constant(member)));
    for (const [ordinal, is] of named.entries()) add(ordinal, formula.and(guard, is));
    if (type.otherwise !== undefined) add(type.otherwise, formula.and(guard, -formula.any(named)));
  }
  return createChoiceValue(found);
}
