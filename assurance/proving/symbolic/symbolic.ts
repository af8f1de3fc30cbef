// Symbolic values: each is what an expression can be in any request, as literals and terms over the variables of a
// formula. An unknown value is one for which none of the literals is true.

import type { Literal } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import type { Term, TextKind, TextSetId } from '../terms/terms.ts';

/** A value of a type with finitely many values in the formula: a string, an ordinal of an enum, or a Bool. */
export type Finite = string | number | boolean;

export type Symbolic<Fact = unknown> =
  | Truth
  | Choice
  | NumberValue
  | SetValue
  | NumberSet
  | ListValue<Fact>
  | RecordValue
  | OpenValue<Fact>;

/** A value without a list of what it can be. */
type OpenValue<Fact = unknown> = TextValue | TextSet | OpenNumbers | OpenList<Fact>;

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
interface RecordValue {
  readonly kind: 'record';
  readonly held: Literal;
}

/** A string, SPIFFE ID, address or network, as one of several terms; at most one guard is true. */
export interface TextValue {
  readonly kind: 'text';
  readonly cases: readonly TextCase[];
}

export interface TextCase {
  readonly guard: Literal;
  readonly term: Term;
}

/** A set or list of texts: a function of terms, which is made of sets of the request and of known elements. */
export interface TextSet {
  readonly kind: 'texts';
  readonly held: Literal;
  readonly unusable: Literal;
  /** The number of elements of a list, which can repeat values. */
  readonly size: Linear | undefined;
  readonly element: TextKind;
  /** Sets with one key have the same elements. */
  readonly key: string;
  /** Each element is in one of these sets, or is one of the terms. */
  readonly bases: readonly TextSetId[];
  readonly fixed: readonly Term[];
  readonly has: (term: Term) => Literal;
}

/** A set or list of numbers of which nothing is known. */
export interface OpenNumbers {
  readonly kind: 'open numbers';
  readonly held: Literal;
  readonly unusable: Literal;
  readonly size: Linear | undefined;
  /** Sets with one key have the same elements. */
  readonly key: string;
}

/** A list of records or lists, or the entries of a map, with any number of elements. */
export interface OpenList<Fact> {
  readonly kind: 'open list';
  readonly held: Literal;
  readonly size: Linear;
  readonly pools: readonly GuardedPool<Fact>[];
  /** For a map of the request: adds the entry that a condition reads by its key. */
  adopt?(key: Term, element: ListElement<Fact>): void;
}

/** Elements that are in the list where the guard is true. */
export interface GuardedPool<Fact> {
  readonly guard: Literal;
  readonly pool: Pool<Fact>;
}

/** The elements of a list of a request that occur so far. */
export interface Pool<Fact> {
  readonly elements: readonly ListElement<Fact>[];
  /** A further element, or `undefined` if there are enough. */
  add(depth: number): ListElement<Fact> | undefined;
  /** Calls the listener with each element, also with those that are added later. */
  each(listener: SymbolicListener<ListElement<Fact>>): void;
  /** The same elements, changed by a function. */
  map(change: (element: ListElement<Fact>) => ListElement<Fact>): Pool<Fact>;
}

/** `depth`: how many witnesses the element depends on. */
export type SymbolicListener<Element> = (element: Element, depth: number) => void;
