// Symbolic values: each is what an expression can be in any request, as literals and terms over the variables of a
// formula. An unknown value is one for which none of the literals is true.

import type { Literal } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';

/** A value of a type with finitely many values in the formula: a string, an ordinal of an enum, or a Bool. */
export type Finite = string | number | boolean;

export type Symbolic<Fact = unknown> =
  | Truth
  | Choice
  | NumberValue
  | SetValue
  | NumberSet
  | ListValue<Fact>
  | RecordValue;

/** A Bool: certainly true, certainly false, or unknown. */
export interface Truth {
  readonly kind: 'truth';
  readonly yes: Literal;
  readonly no: Literal;
}

/** One of several values; at most one literal is true. */
export interface Choice {
  readonly kind: 'choice';
  readonly values: ReadonlyMap<Finite, Literal>;
}

/** A number, instant or duration; at most one guard is true. */
export interface NumberValue {
  readonly kind: 'number';
  readonly cases: readonly NumberCase[];
  /** How the value moves with the clock; the terms are relative to it. */
  readonly clock: 'none' | 'now' | 'age';
  readonly sign: bigint;
}

export interface NumberCase {
  readonly guard: Literal;
  readonly term: Linear;
  /** The instant whose age it is, for the clock `age`. */
  readonly of?: Linear | undefined;
}

/** A set or list of values that are not numbers. The literals have a meaning only where `held` is true. */
export interface SetValue {
  readonly kind: 'set';
  /** Whether there is a collection; it can have elements that are not usable. */
  readonly held: Literal;
  readonly elements: ReadonlyMap<Finite, Literal>;
  /** Whether it has an element without a usable value. */
  readonly unusable: Literal;
  /** The number of elements of a list, which can repeat values. */
  readonly size: Linear | undefined;
}

/** A set or list of numbers, instants or durations, which can repeat values. */
export interface NumberSet {
  readonly kind: 'numbers';
  readonly held: Literal;
  readonly items: readonly NumberItem[];
  readonly unusable: Literal;
  /** The number of elements, if it is a list. */
  readonly size: Linear | undefined;
}

export interface NumberItem {
  readonly present: Literal;
  readonly term: Linear;
}

/** A list of records or lists, or the entries of a map. */
export interface ListValue<Fact> {
  readonly kind: 'list';
  readonly held: Literal;
  readonly elements: readonly ListElement<Fact>[];
  readonly size: Linear;
}

export interface ListElement<Fact> {
  readonly present: Literal;
  readonly fact: Fact;
}

/** A record; expressions only test whether it is there. */
export interface RecordValue {
  readonly kind: 'record';
  readonly held: Literal;
}
