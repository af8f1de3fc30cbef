// Values that the formula leaves open: any value of a type, or unknown.

import type { Expr } from '@nhipol/language/model';
import { EncodedFact } from '../facts/encoded-fact.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { findRange, listFiniteValues } from '../facts/member-types.ts';
import { yes } from '../formula/formula.ts';
import { createNumberValue, createTruthValue, guardValue, isNumber } from '../symbolic/algebra.ts';
import { requireExactlyOne } from '../symbolic/cardinality.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';
import { isTextKind } from '../terms/terms.ts';

/** Any value of an expression's type, or unknown. */
export function createFreeValue(
  encoding: SymbolicEncoding,
  { type, span }: Expr,
  place: string,
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  const name = `any ${type.kind} at ${span.start}`;
  if (type.kind === 'Bool') {
    const [isTrue, known] = [formula.variable(name), formula.variable(`${name} is known`)];
    return createTruthValue(formula.and(known, isTrue), formula.and(known, -isTrue));
  }
  const known = formula.variable(`${name} is known`);
  if (isNumber(type)) {
    const { min, max } = findRange(type);
    return createNumberValue([{ guard: known, term: encoding.createNumber(name, min, max) }]);
  }
  const isCollection = type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map';
  if (isCollection || type.kind === 'Record') {
    const declared = { policy: undefined, guard: yes, type, isRequired: false };
    return new EncodedFact(encoding, place, type, [declared], known).value;
  }
  const found = isTextKind(type.kind)
    ? encoding.values.anyText(name, place, type, known)
    : requireExactlyOne(encoding, name, listFiniteValues(type), known);
  return guardValue(formula, known, found);
}
