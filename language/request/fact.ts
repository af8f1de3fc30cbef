// A part of a request: absent, present or faulty, with its value if that is usable.

import type { Value } from '../types/types.ts';

export interface Fact {
  /** `faultyFact`: of the wrong type, required and missing, or inside such a record. */
  readonly presence: 'absent' | 'present' | 'faulty';
  /** The value of a scalar, or `undefined` if it is unknown. */
  readonly value: Value | undefined;
  /** The members of a record; of a faulty one, those that it could have, if that is known. */
  readonly members: ReadonlyMap<string, Fact> | undefined;
  /** The elements of a collection; the elements of a set are distinct, and the elements of a map are its entries. */
  readonly elements: readonly Fact[] | undefined;
}

export const absentFact: Fact = {
  presence: 'absent',
  value: undefined,
  members: undefined,
  elements: undefined,
};

export const faultyFact: Fact = { ...absentFact, presence: 'faulty' };

/** A member with a value, or `undefined` if it is not usable. */
export function createPresentFact(value: Value | undefined): Fact {
  return { ...absentFact, presence: 'present', value };
}
