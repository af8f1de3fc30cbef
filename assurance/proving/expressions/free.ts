// Values that the formula leaves open: any value of a type, or unknown.

import type { Expr } from '@nhipol/language/model';
import { EncodedFact } from '../facts/encoded-fact.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { findRange, finiteValues } from '../facts/member-types.ts';
import { yes } from '../formula/formula.ts';
import { isNumber, number, truth, where } from '../symbolic/algebra.ts';
import { exactlyOne } from '../symbolic/cardinality.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';
import { isTextKind } from '../terms/terms.ts';

/** Any value of an expression's type, or unknown. */
export function freeValue(
  encoding: SymbolicEncoding,
  { type, span }: Expr,
  place: string,
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  const name = `any ${type.kind} at ${span.start}`;
  if (type.kind === 'Bool') {
    const [isTrue, known] = [formula.variable(name), formula.variable(`${name} is known`)];
    return truth(formula.and(known, isTrue), formula.and(known, -isTrue));
  }
  const known = formula.variable(`${name} is known`);
  if (isNumber(type)) {
    const { min, max } = findRange(type);
    return number([{ guard: known, term: encoding.createNumber(name, min, max) }]);
  }
  const isCollection = type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map';
  if (isCollection || type.kind === 'Record') {
    const declared = { policy: undefined, guard: yes, type, isRequired: false };
    return new EncodedFact(encoding, place, type, [declared], known).value;
  }
  const found = isTextKind(type.kind)
    ? encoding.values.anyText(name, place, type, known)
    : exactlyOne(encoding, name, finiteValues(type), known);
  return where(formula, known, found);
}
