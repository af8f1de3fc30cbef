// The outcomes of expressions.

import type { Type } from '@nhipol/language/types';
import type { Slot } from './facts.ts';
import type { Term } from './smt.ts';

export function single(held: Term, value: Term): Outcome {
  return { held, value, slots: undefined };
}

export function isGroup(type: Type): type is Extract<Type, { kind: 'Set' | 'List' | 'Map' }> {
  return type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map';
}

/** The value of an expression: a single one, or the elements of a collection. */
export interface Outcome {
  /** Whether there is a value; of a collection, also if elements are unknown. */
  readonly held: Term;
  readonly value: Term;
  readonly slots: readonly Slot[] | undefined;
}

/** A function whose values the encoding does not have; a model is corrected by what the function says. */
export interface Oracle {
  readonly argument: Term;
  /** A condition that holds where the argument has a value that a model gives it. */
  readonly lemma: (value: string | bigint) => Term;
}
