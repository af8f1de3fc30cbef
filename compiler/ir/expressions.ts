// The expressions of the IR, with the cells, tables and windows that they read. Expressions form a graph:
// shared nodes are shared by reference and computed once.

import type { AggregateForm, CalendarField, Pattern } from '@nhipol/language/types';
import type { IrRecord } from './records.ts';
import type { IrTable, IrWindow, IrZone } from './tables.ts';
import type { IrConst, IrTyped } from './values.ts';

/** A cell of the request's facts, of a quantified element, or of the entry of a map. */
export interface IrAddress {
  readonly base: 'facts' | IrVariable | IrEntry;
  readonly offset: number;
}

export interface IrVariable {
  readonly name: string;
  /** The bytes from one element to the next. */
  readonly stride: number;
}

/** A record around a value that limits how long the value is usable. */
export interface IrFresh {
  readonly record: IrAddress;
  readonly observed: IrAddress;
  readonly span: bigint;
}

export type IrExpr =
  | IrConst
  | IrCell
  | IrEntry
  | IrPresence
  | IrKnownRecord
  | IrKnownCell
  | IrKnown
  | IrKnownAge
  | IrLookup
  | IrApply
  | IrCompare
  | IrCompareNow
  | IrCompareAge
  | IrInWindow
  | IrCalendar
  | IrRemembered
  | IrJunction
  | IrNot
  | IrQuantifier
  | IrAggregate
  | IrIf
  | IrElse
  | IrSet;

export interface IrCell extends IrTyped {
  readonly kind: 'cell';
  readonly address: IrAddress;
  readonly fresh: readonly IrFresh[];
  /** The path that is reported if it is unknown. */
  readonly path: string;
}

/**
 * The address of a map's entry, as a word; without one, of the entry that stands for it. Known if the key is.
 */
export interface IrEntry extends IrTyped {
  readonly kind: 'entry';
  readonly map: IrAddress;
  readonly key: IrExpr;
  /** The cells of an entry. */
  readonly element: IrRecord;
}

interface IrPresence extends IrTyped {
  readonly kind: 'presence';
  readonly address: IrAddress;
  readonly present: boolean;
}

/** Whether a record is present, and it and all records around it are fresh. */
interface IrKnownRecord extends IrTyped {
  readonly kind: 'knownRecord';
  readonly address: IrAddress;
  readonly fresh: readonly IrFresh[];
}

/** Whether a member is usable; unknown if it is faulty. */
interface IrKnownCell extends IrTyped {
  readonly kind: 'knownCell';
  readonly cell: IrCell;
}

interface IrKnown extends IrTyped {
  readonly kind: 'known';
  readonly operand: IrExpr;
}

interface IrKnownAge extends IrTyped {
  readonly kind: 'knownAge';
  readonly of: IrExpr;
  /** An operand that must be known as well. */
  readonly offset: IrExpr;
}

interface IrLookup extends IrTyped {
  readonly kind: 'lookup';
  readonly table: IrTable;
  readonly keys: readonly IrExpr[];
}

export interface IrApply extends IrTyped {
  readonly kind: 'apply';
  readonly function: string;
  readonly args: readonly IrExpr[];
  /** Constant data, passed after the arguments. */
  readonly pattern?: Pattern;
  readonly mayFail: boolean;
  /** Unknown elements do not matter. */
  readonly countsOnly: boolean;
}

export type IrComparison = 'is' | 'is not' | '<' | '<=' | '>' | '>=';

interface IrCompare extends IrTyped {
  readonly kind: 'compare';
  readonly operator: IrComparison;
  readonly left: IrExpr;
  readonly right: IrExpr;
}

/** `now op threshold` */
interface IrCompareNow extends IrTyped {
  readonly kind: 'compareNow';
  readonly operator: IrComparison;
  readonly threshold: IrExpr;
}

/** `age(of) op threshold` */
interface IrCompareAge extends IrTyped {
  readonly kind: 'compareAge';
  readonly operator: IrComparison;
  readonly of: IrExpr;
  readonly threshold: IrExpr;
  /** The paths that are reported if `of` is too far in the future. */
  readonly reads: readonly string[];
}

interface IrInWindow extends IrTyped {
  readonly kind: 'inWindow';
  readonly window: IrWindow;
  /** An instant or, with `clock`, its distance in the future. */
  readonly of: IrExpr;
  readonly clock: boolean;
  /** The paths that are reported if the zone is not known at that time. */
  readonly reads: readonly string[];
}

interface IrCalendar extends IrTyped {
  readonly kind: 'calendar';
  readonly field: CalendarField;
  readonly zone: IrZone;
  readonly of: IrExpr;
  /** The paths that are reported if the zone is not known at that time. */
  readonly reads: readonly string[];
}

/** The result of a history term, from the cell that contains it. */
export interface IrRemembered extends IrTyped {
  readonly kind: 'remembered';
  /** From the start of the facts. */
  readonly offset: number;
  /** Whether the cell contains a value, as others do, or the result of a condition. */
  readonly isValue: boolean;
  /** The keys of the current request, if events are selected by key. */
  readonly keys: readonly IrExpr[];
  /** The number that a sum is compared with. */
  readonly bound: IrExpr | undefined;
  /** The path that is reported if it is unknown. */
  readonly path: string;
}

interface IrJunction extends IrTyped {
  readonly kind: 'and' | 'or';
  readonly operands: readonly IrExpr[];
}

interface IrNot extends IrTyped {
  readonly kind: 'not';
  readonly operand: IrExpr;
}

export interface IrQuantifier extends IrTyped {
  readonly kind: 'quantifier';
  readonly any: boolean;
  readonly variable: IrVariable;
  readonly collection: IrExpr;
  readonly body: IrExpr;
  /** The paths that are reported if it is unknown and its collection is known. */
  readonly reads: readonly string[];
}

export interface IrAggregate extends IrTyped {
  readonly kind: 'aggregate';
  readonly form: AggregateForm;
  readonly variable: IrVariable;
  readonly collection: IrExpr;
  /** `undefined` if all elements count. */
  readonly condition: IrExpr | undefined;
  readonly body: IrExpr;
  /** The paths that are reported if it is unknown and its collection is known. */
  readonly reads: readonly string[];
}

interface IrIf extends IrTyped {
  readonly kind: 'if';
  readonly condition: IrExpr;
  readonly then: IrExpr;
  readonly else: IrExpr;
  /** How two sets are compared, or `undefined` for records, which are never compared. */
  readonly elements: 'Words' | 'Bytes' | undefined;
}

interface IrElse extends IrTyped {
  readonly kind: 'else';
  readonly value: IrExpr;
  readonly fallback: IrExpr;
}

interface IrSet extends IrTyped {
  readonly kind: 'set';
  readonly elements: readonly IrExpr[];
  readonly holds: 'Words' | 'Bytes';
}
