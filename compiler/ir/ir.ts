// The decision IR describes what the module computes: every path has an address, every type one of four
// representations, and time is separate from everything else. Expressions form a graph: shared nodes are
// shared by reference and computed once.

import type { EffectName } from '@nhipol/runtime/abi';
import type {
  AggregateForm,
  CalendarField,
  CollectionType,
  DayRange,
  Pattern,
  Span,
  TimeRange,
  Type,
  Zone,
} from '../../language/index.ts';
import type { IrHistory } from './history.ts';

/**
 * `tri`: 0 false, 1 unknown, 2 true. `word`: a 64-bit integer. `bytes`: a string or an address, by
 * pointer and length. `cells`: a set or list by pointer and count. All representations except `tri` have
 * a flag that says whether the value is known.
 */
export type Rep = 'tri' | 'word' | 'bytes' | 'cells';

/** A word, a string, or the bytes of an address. */
export type IrScalar = bigint | string | Uint8Array;

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

interface IrTyped {
  readonly rep: Rep;
  /** Whether time alone can change it: then it has an edge. */
  readonly timeful: boolean;
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

export interface IrConst extends IrTyped {
  readonly kind: 'const';
  /** tri: boolean; word: bigint; bytes: string or bytes; cells: their values. */
  readonly value: boolean | IrScalar | readonly IrScalar[];
}

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

export interface IrPresence extends IrTyped {
  readonly kind: 'presence';
  readonly address: IrAddress;
  readonly present: boolean;
}

/** Whether a record is present, and it and all records around it are fresh. */
export interface IrKnownRecord extends IrTyped {
  readonly kind: 'knownRecord';
  readonly address: IrAddress;
  readonly fresh: readonly IrFresh[];
}

/** Whether a member is usable; unknown if it is faulty. */
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
  /** An operand that must be known as well. */
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
  /** Constant data, passed after the arguments. */
  readonly pattern?: Pattern;
  readonly mayFail: boolean;
  /** Unknown elements do not matter. */
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
  /** The paths that are reported if `of` is too far in the future. */
  readonly reads: readonly string[];
}

export interface IrInWindow extends IrTyped {
  readonly kind: 'inWindow';
  readonly window: IrWindow;
  /** An instant or, with `clock`, its distance in the future. */
  readonly of: IrExpr;
  readonly clock: boolean;
  /** The paths that are reported if the zone is not known at that time. */
  readonly reads: readonly string[];
}

export interface IrCalendar extends IrTyped {
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
  /** The paths that are reported if it is unknown and its collection is known. */
  readonly reads: readonly string[];
}

export interface IrAggregate extends IrTyped {
  readonly kind: 'aggregate';
  readonly form: AggregateForm;
  readonly variable: IrVariable;
  readonly collection: IrExpr;
  /** Undefined: all elements count. */
  readonly condition: IrExpr | undefined;
  readonly body: IrExpr;
  /** The paths that are reported if it is unknown and its collection is known. */
  readonly reads: readonly string[];
}

export interface IrIf extends IrTyped {
  readonly kind: 'if';
  readonly condition: IrExpr;
  readonly then: IrExpr;
  readonly else: IrExpr;
  /** How two sets are compared; undefined: records, which are never compared. */
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
  /** The columns of an external table. */
  readonly external: IrColumns | undefined;
}

export interface IrColumns {
  readonly keys: readonly IrColumn[];
  /** For a set, the element. */
  readonly value: IrColumn;
  readonly form: IrTableForm;
}

/** A `closed set` contains all keys that its elements lead to. */
export type IrTableForm = 'scalars' | 'sets' | 'closed sets';

/** How the strings and numbers of a column are read, and their bounds. */
export interface IrColumn {
  readonly kind: Exclude<Type['kind'], 'Record' | CollectionType['kind']> | 'Seconds';
  readonly members: readonly string[];
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * Classes of days by weekday (from Monday), ordinal in the month, and whether it is the last one in the
 * month.
 */
export interface IrWindow {
  readonly name: string;
  readonly zone: IrZone;
  /** The index of the plan for each class of days. */
  readonly classes: readonly number[];
  /** Ranges that start on a day, in milliseconds since its midnight. */
  readonly plans: readonly (readonly TimeRange[])[];
  /** Days since the epoch on which no range starts; sorted and disjoint. */
  readonly except: readonly DayRange[];
  /** Except for exceptions, all weeks are the same. */
  readonly weekly: boolean;
  /** Except for exceptions, it never changes. */
  readonly steady: boolean;
}

export type IrZone = Zone;

// --- facts ---------------------------------------------------------------------------------------

/**
 * A record's own cell, followed by those of its members, depth first; the record of a root has no cell.
 */
export interface IrRecord {
  readonly id: number;
  /** The bytes of the record's cell and all cells in it; 0: it has no cell. */
  readonly size: number;
  readonly members: readonly IrMember[];
}

export interface IrMember {
  readonly name: string;
  /** From the record's own cell, or from the start of the facts if it has none. */
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
      /** Whether it is a map: its elements are entries, of a key and a value. */
      readonly isMap: boolean;
    };

export interface IrEnum {
  readonly id: number;
  readonly members: readonly string[];
  readonly otherwise: number | undefined;
}

/** The record of a root for one subject type, action or resource type. */
export interface IrShape {
  /** 1 + index into the selectors; 0: any other type or name. */
  readonly selector: number;
  readonly record: IrRecord;
}

/** The record of the context for the requests in a scope. */
export interface IrContext {
  readonly scope: IrScope;
  readonly record: IrRecord;
}

export interface IrFacts {
  readonly size: number;
  /** The part of it that requests determine; results of history terms follow. */
  readonly requestSize: number;
  readonly subject: readonly IrShape[];
  readonly action: readonly IrShape[];
  readonly resource: readonly IrShape[];
  /** The members that every request has. */
  readonly context: IrShape | undefined;
  /**
   * With scoped contexts, all members by the requests that have them; the first scope that a request is in applies, and
   * the last one is that of all others.
   */
  readonly contexts: readonly IrContext[];
  /** The cells of the request's own strings. */
  readonly selectors: Readonly<Record<string, { readonly offset: number; readonly path: number }>>;
  readonly entityPaths: Readonly<Record<'root' | 'subject' | 'action' | 'resource', number>>;
  readonly contextPath: number;
  readonly propertiesPaths: Readonly<Record<'subject' | 'action' | 'resource', number>>;
  /** `context.time`, if the policy declares it. */
  readonly time: { readonly offset: number } | undefined;
  /** `context.call_digest`, if the policy declares it, and the name of the policy, which it covers. */
  readonly digest: { readonly offset: number; readonly policy: string } | undefined;
  readonly enums: readonly IrEnum[];
  /** Whether rules read members that only some shapes declare. */
  readonly hasPartialMembers: boolean;
  /**
   * The bytes that reading the largest request can take for elements of collections, and addresses.
   */
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
  /** For a narrow or a challenge that can fall to `deny`: whether the request is inside. */
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
  /** undefined: none of its constraints lowers a path. */
  readonly lowering: IrLowering | undefined;
}

export interface IrLowering {
  /** Whether the narrow needs nothing but lower values at the paths. */
  readonly suffices: IrExpr;
  readonly paths: readonly IrLoweredPath[];
}

export interface IrLoweredPath {
  /** Index into the paths that answers offer values for. */
  readonly offer: number;
  /** Whether the value of the request need not be lowered. */
  readonly within: IrExpr;
  readonly value: IrExpr;
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

/**
 * The explanation of a reason that fired: the unknown paths, and the values of its message and
 * obligations.
 */
export interface IrReason {
  readonly id: string;
  /** Whether it can be the reason of a revoke. */
  readonly revokes: boolean;
  readonly condition: IrExpr;
  /** The condition of the deny that a narrow or a challenge falls to. */
  readonly falls: IrExpr | undefined;
  /** The paths by bit, starting at bit 0. */
  readonly unknown: readonly string[];
  readonly placeholders: readonly { readonly index: number; readonly value: IrExpr }[];
  /** The values of its obligations. */
  readonly properties: readonly { readonly index: number; readonly value: IrExpr }[];
}

export interface IrConstraint {
  readonly name: string;
  readonly merge: 'smallest' | 'largest' | 'intersect' | 'agree';
  readonly rep: Rep;
  readonly holds: 'Words' | 'Bytes';
}

/** A path of a request that an answer can offer a lower value for. */
export interface IrOffer {
  readonly path: string;
  /** A constraint of the type of its values. */
  readonly constraint: number;
}

export interface IrModule {
  readonly facts: IrFacts;
  /** undefined: no rule uses history, and no signal is declared. */
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
  readonly offers: readonly IrOffer[];
  /** The tables that the host fills. */
  readonly tables: readonly IrTable[];
  readonly placeholders: number;
  /** The number of values in obligations. */
  readonly properties: number;
  readonly paths: readonly { readonly path: string; readonly expected: string }[];
  /** undefined: the module only decides. */
  readonly possibility: IrPossibility | undefined;
}

/** The possibility form of the rules and scores: whether some completion of a request may be permitted. */
export interface IrPossibility {
  readonly rules: readonly IrRule[];
  readonly scores: readonly IrScore[];
}
