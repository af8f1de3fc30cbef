// The decision IR: what the module computes, with every path at an address, every type as one of
// four representations, and time apart from everything else. Expressions form a graph: what is
// shared is shared by reference and computed once.

import type { EffectName } from '@nhipol/runtime/abi';
import type {
  CalendarField,
  DayRange,
  Pattern,
  Span,
  TimeRange,
  Type,
  Zone,
} from '../../language/index.ts';
import type { IrHistory } from './history.ts';

/**
 * `tri`: 0 false, 1 unknown, 2 true. `word`: a 64-bit integer. `bytes`: text, or an address, by
 * pointer and length.
 * `cells`: a set or list by pointer and count. All but `tri` come with whether they are known.
 */
export type Rep = 'tri' | 'word' | 'bytes' | 'cells';

/** A word, text, or the bytes of an address. */
export type IrScalar = bigint | string | Uint8Array;

/** A cell of the request's facts, or of a quantified element. */
export interface IrAddress {
  readonly base: 'facts' | IrVariable;
  readonly offset: number;
}

export interface IrVariable {
  readonly name: string;
  /** Bytes from one element to the next. */
  readonly stride: number;
}

/** A record around a value that keeps it usable only for a while. */
export interface IrFresh {
  readonly record: IrAddress;
  readonly observed: IrAddress;
  readonly span: bigint;
}

interface IrTyped {
  readonly rep: Rep;
  /** Whether time alone can change it: it then has an edge. */
  readonly timeful: boolean;
}

export type IrExpr =
  | IrConst
  | IrCell
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
  | IrIf
  | IrElse
  | IrSet;

export interface IrConst extends IrTyped {
  readonly kind: 'const';
  /** tri: boolean; word: bigint; bytes: string or bytes; cells: their values. */
  readonly value: boolean | IrScalar | readonly IrScalar[];
}

export interface IrCell extends IrTyped {
  readonly kind: 'cell';
  readonly address: IrAddress;
  readonly fresh: readonly IrFresh[];
  /** What is named when it is unknown. */
  readonly path: string;
}

export interface IrPresence extends IrTyped {
  readonly kind: 'presence';
  readonly address: IrAddress;
  readonly present: boolean;
}

/** Whether a record is there and every freshness around it, its own included, holds. */
export interface IrKnownRecord extends IrTyped {
  readonly kind: 'knownRecord';
  readonly address: IrAddress;
  readonly fresh: readonly IrFresh[];
}

/** Whether a member is usable; unknown when it is faulty. */
export interface IrKnownCell extends IrTyped {
  readonly kind: 'knownCell';
  readonly cell: IrCell;
}

export interface IrKnown extends IrTyped {
  readonly kind: 'known';
  readonly operand: IrExpr;
}

export interface IrKnownAge extends IrTyped {
  readonly kind: 'knownAge';
  readonly of: IrExpr;
  /** What else must be known. */
  readonly offset: IrExpr;
}

export interface IrLookup extends IrTyped {
  readonly kind: 'lookup';
  readonly table: IrTable;
  readonly keys: readonly IrExpr[];
}

export interface IrApply extends IrTyped {
  readonly kind: 'apply';
  readonly function: string;
  readonly args: readonly IrExpr[];
  /** As constant data, behind the arguments. */
  readonly pattern?: Pattern;
  readonly mayFail: boolean;
  /** Elements that are unknown don't matter. */
  readonly countsOnly: boolean;
}

export type IrComparison = 'is' | 'is not' | '<' | '<=' | '>' | '>=';

export interface IrCompare extends IrTyped {
  readonly kind: 'compare';
  readonly operator: IrComparison;
  readonly left: IrExpr;
  readonly right: IrExpr;
}

/** `now op threshold` */
export interface IrCompareNow extends IrTyped {
  readonly kind: 'compareNow';
  readonly operator: IrComparison;
  readonly threshold: IrExpr;
}

/** `age(of) op threshold` */
export interface IrCompareAge extends IrTyped {
  readonly kind: 'compareAge';
  readonly operator: IrComparison;
  readonly of: IrExpr;
  readonly threshold: IrExpr;
  /** What is named when `of` lies too far ahead. */
  readonly reads: readonly string[];
}

export interface IrInWindow extends IrTyped {
  readonly kind: 'inWindow';
  readonly window: IrWindow;
  /** An instant or, with `clock`, how far it is ahead of the clock. */
  readonly of: IrExpr;
  readonly clock: boolean;
  /** What is named when nothing is known of the zone. */
  readonly reads: readonly string[];
}

export interface IrCalendar extends IrTyped {
  readonly kind: 'calendar';
  readonly field: CalendarField;
  readonly zone: IrZone;
  readonly of: IrExpr;
  /** What is named when nothing is known of the zone. */
  readonly reads: readonly string[];
}

/** What a term of history came to, from the cell that holds it. */
export interface IrRemembered extends IrTyped {
  readonly kind: 'remembered';
  /** From the start of the facts. */
  readonly offset: number;
  /** Whether the cell holds a value, as others do, or what a condition came to. */
  readonly isValue: boolean;
  /** What the present request has where events are told apart by a key. */
  readonly keys: readonly IrExpr[];
  /** What is named when it is unknown. */
  readonly path: string;
}

export interface IrJunction extends IrTyped {
  readonly kind: 'and' | 'or';
  readonly operands: readonly IrExpr[];
}

export interface IrNot extends IrTyped {
  readonly kind: 'not';
  readonly operand: IrExpr;
}

export interface IrQuantifier extends IrTyped {
  readonly kind: 'quantifier';
  readonly any: boolean;
  readonly variable: IrVariable;
  readonly collection: IrExpr;
  readonly body: IrExpr;
  /** What is named when it is unknown and its collection is not. */
  readonly reads: readonly string[];
}

export interface IrIf extends IrTyped {
  readonly kind: 'if';
  readonly condition: IrExpr;
  readonly then: IrExpr;
  readonly else: IrExpr;
  /** How two sets are compared; undefined: records, which never are. */
  readonly elements: 'Words' | 'Bytes' | undefined;
}

export interface IrElse extends IrTyped {
  readonly kind: 'else';
  readonly value: IrExpr;
  readonly fallback: IrExpr;
}

export interface IrSet extends IrTyped {
  readonly kind: 'set';
  readonly elements: readonly IrExpr[];
  readonly holds: 'Words' | 'Bytes';
}

export interface IrTable {
  readonly name: string;
  readonly rows: readonly {
    readonly keys: readonly IrScalar[];
    readonly value: IrConst;
  }[];
  /** Of a table that the host fills: what it takes. */
  readonly external: IrColumns | undefined;
}

export interface IrColumns {
  readonly keys: readonly IrColumn[];
  /** Of a set the element. */
  readonly value: IrColumn;
  readonly isSet: boolean;
}

/** How the texts and numbers of a column are read, and within which bounds. */
export interface IrColumn {
  readonly kind: Exclude<Type['kind'], 'Record' | 'Set' | 'List'> | 'Seconds';
  readonly members: readonly string[];
  readonly min: bigint;
  readonly max: bigint;
}

/** Days told apart by weekday (from Monday), by ordinal in their month and by whether it is the last. */
export interface IrWindow {
  readonly name: string;
  readonly zone: IrZone;
  /** For each class of days the index of its plan. */
  readonly classes: readonly number[];
  /** Ranges that begin on a day, in milliseconds since its midnight. */
  readonly plans: readonly (readonly TimeRange[])[];
  /** Days since the epoch on which no range begins; in order and apart from each other. */
  readonly except: readonly DayRange[];
  /** But for exceptions each week is like any other. */
  readonly weekly: boolean;
  /** But for exceptions it never changes. */
  readonly steady: boolean;
}

export type IrZone = Zone;

// --- facts ---------------------------------------------------------------------------------------

/** A record's own cell, and behind it those of its members, depth first; a root's has none. */
export interface IrRecord {
  readonly id: number;
  /** Bytes of the record's cell and all cells in it; 0: it has no cell. */
  readonly size: number;
  readonly members: readonly IrMember[];
}

export interface IrMember {
  readonly name: string;
  /** From the record's own cell, or from the start of the facts where it has none. */
  readonly offset: number;
  readonly reader: IrReader;
  /** Index into the manifest's paths. */
  readonly path: number;
  readonly required: boolean;
  readonly default: IrConst | undefined;
}

export type IrReader =
  | { readonly kind: 'scalar'; readonly function: string }
  | {
      readonly kind: 'ranged';
      readonly function: string;
      readonly min: bigint;
      readonly max: bigint;
    }
  | { readonly kind: 'enum'; readonly id: number }
  | { readonly kind: 'record'; readonly record: IrRecord }
  | {
      readonly kind: 'collection';
      readonly id: number;
      readonly element: IrReader;
      readonly elementPath: number;
      readonly stride: number;
      readonly distinct: 'Words' | 'Bytes' | undefined;
    };

export interface IrEnum {
  readonly id: number;
  readonly members: readonly string[];
  readonly otherwise: number | undefined;
}

/** A root's record for one subject type, action or resource type. */
export interface IrShape {
  /** 1 + index into the selectors; 0: any other. */
  readonly selector: number;
  readonly record: IrRecord;
}

export interface IrFacts {
  readonly size: number;
  readonly subject: readonly IrShape[];
  readonly action: readonly IrShape[];
  readonly resource: readonly IrShape[];
  readonly context: IrShape | undefined;
  /** Cells of the request's own strings. */
  readonly selectors: Readonly<Record<string, { readonly offset: number; readonly path: number }>>;
  readonly entityPaths: Readonly<Record<'root' | 'subject' | 'action' | 'resource', number>>;
  readonly contextPath: number;
  readonly propertiesPaths: Readonly<Record<'subject' | 'action' | 'resource', number>>;
  /** `context.time`, when the policy declares it. */
  readonly time: { readonly offset: number } | undefined;
  /** `context.call_digest`, when the policy declares it, and the policy's name, which it covers. */
  readonly digest: { readonly offset: number; readonly policy: string } | undefined;
  readonly enums: readonly IrEnum[];
  /** Bytes that reading the largest request may take for elements of sets and lists, and addresses. */
  readonly elementBytes: number;
}

// --- rules ---------------------------------------------------------------------------------------

/** Sets of selectors; undefined: any. */
export interface IrScope {
  readonly subjects: readonly number[] | undefined;
  readonly actions: readonly number[] | undefined;
  readonly resources: readonly number[] | undefined;
}

export interface IrRule {
  readonly kind: 'rule';
  readonly effect: EffectName;
  readonly scope: IrScope;
  readonly condition: IrExpr;
  readonly skipUnknown: boolean;
  readonly narrowing: IrNarrowing | undefined;
  /** Of a narrow or a challenge that may fall to `deny`: where it stands. */
  readonly inside: IrExpr | undefined;
  /** Index into the reasons. */
  readonly reason: number;
  readonly span: Span;
}

export interface IrNarrowing {
  readonly id: number;
  readonly inside: IrExpr;
  readonly settings: readonly { readonly constraint: number; readonly value: IrExpr }[];
  readonly mayDeny: boolean;
  readonly mayConflict: boolean;
}

export interface IrScore {
  readonly kind: 'score';
  readonly scope: IrScope;
  readonly conditions: readonly {
    readonly weight: bigint;
    readonly condition: IrExpr;
    readonly reason: number;
  }[];
  readonly bands: readonly {
    readonly from: bigint;
    readonly effect: EffectName;
    readonly narrowing: IrNarrowing | undefined;
  }[];
  readonly span: Span;
}

/** What can be told of a reason that fired: which paths were unknown, and its message's values. */
export interface IrReason {
  readonly id: string;
  /** Whether it may be one of a revoke. */
  readonly revokes: boolean;
  readonly condition: IrExpr;
  /** The condition of the deny that a narrow or a challenge falls to. */
  readonly falls: IrExpr | undefined;
  /** Bit 0 first. */
  readonly unknown: readonly string[];
  readonly placeholders: readonly { readonly index: number; readonly value: IrExpr }[];
  /** What its obligations say. */
  readonly properties: readonly { readonly index: number; readonly value: IrExpr }[];
}

export interface IrConstraint {
  readonly name: string;
  readonly merge: 'smallest' | 'largest' | 'intersect' | 'agree';
  readonly rep: Rep;
  readonly holds: 'Words' | 'Bytes';
}

export interface IrModule {
  readonly facts: IrFacts;
  /** undefined: no rule asks for what happened, and no signal is declared. */
  readonly history: IrHistory | undefined;
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  readonly rules: readonly IrRule[];
  readonly scores: readonly IrScore[];
  readonly reasons: readonly IrReason[];
  readonly constraints: readonly IrConstraint[];
  /** Those that the host fills. */
  readonly tables: readonly IrTable[];
  readonly placeholders: number;
  /** Values that obligations say. */
  readonly properties: number;
  readonly paths: readonly { readonly path: string; readonly expected: string }[];
}
