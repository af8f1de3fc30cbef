// The checked model: a policy whose names are resolved and whose expressions are typed. The
// evaluator gives it its meaning; the compiler lowers it. Nothing here refers back to syntax but by
// span.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Span } from '../support/source.ts';
import type { MergeRule } from '../syntax/ast.ts';
import type { Resolution } from '../types/builtins/builtin.ts';
import type { Comparison } from '../types/comparisons.ts';
import type { ObligationType } from '../types/obligations.ts';
import type { CalendarField } from '../types/time/fields.ts';
import type { Window } from '../types/time/window.ts';
import type { Zone } from '../types/time/zones.ts';
import type { EnumType, Member, RecordType, Type, Value } from '../types/types.ts';

export type { MergeRule } from '../syntax/ast.ts';
export type { Comparison } from '../types/comparisons.ts';
export type { CalendarField } from '../types/time/fields.ts';

export interface Policy {
  readonly name: string;
  readonly version: string;
  readonly span: Span;
  readonly enums: readonly EnumType[];
  readonly subjects: ReadonlyMap<string, RecordType>;
  readonly actions: ReadonlyMap<string, RecordType>;
  readonly resources: ReadonlyMap<string, RecordType>;
  /** The shapes of subjects, actions and resources without a declaration of their own. */
  readonly anySubject: RecordType | undefined;
  readonly anyAction: RecordType | undefined;
  readonly anyResource: RecordType | undefined;
  readonly context: RecordType | undefined;
  /** By their names, with what they tell. */
  readonly signals: ReadonlyMap<string, RecordType>;
  readonly tables: readonly Table[];
  /** What external tables hold, by their names; one that is not listed has not been filled. */
  readonly contents: TableContents;
  readonly constraints: readonly Constraint[];
  readonly obligations: readonly Obligation[];
  /** In order of file and place; the order has no meaning. */
  readonly rules: readonly Rule[];
  readonly scores: readonly Score[];
  readonly invariants: readonly Invariant[];
  readonly tests: readonly PolicyTest[];
  /** The files that the policy was made of, its tables' too, with their texts, in order of path. */
  readonly sources: readonly PolicySource[];
}

export interface PolicySource {
  /** As spans name it. */
  readonly path: string;
  /** From the entry's folder: the same on every machine. */
  readonly name: string;
  readonly text: string;
  /** Read by a table, and no file of the language. */
  readonly isTable: boolean;
}

export interface Table {
  readonly name: string;
  readonly keys: readonly Type[];
  readonly value: Type;
  /** None of an external table: whoever asks says what it holds, see `Policy.contents`. */
  readonly rows: readonly TableRow[];
  readonly external: boolean;
  readonly span: Span;
}

export type TableContents = ReadonlyMap<string, readonly TableRow[]>;

export interface TableRow {
  readonly keys: readonly Value[];
  readonly value: Value;
}

export interface Constraint {
  readonly name: string;
  readonly type: Type;
  readonly merge: MergeRule;
  /** The path that `limits` bounds, as declared; each narrow resolves it in its own scope. */
  readonly limits: { readonly root: Root; readonly names: readonly string[] } | undefined;
  readonly span: Span;
}

/** What a rule may ask of whoever enforces the answer. */
export interface Obligation {
  readonly name: string;
  readonly type: ObligationType;
  readonly members: ReadonlyMap<string, Member>;
  readonly span: Span;
}

/** An obligation that a rule asks for, with what it says. */
export interface Demand {
  readonly obligation: Obligation;
  /** In ASCII order of names; optional members that are not given are left out. */
  readonly properties: readonly Property[];
  readonly span: Span;
}

export interface Property {
  readonly name: string;
  readonly value: Expr;
}

/** Whom, what and on what a group is about; undefined means any, also what is not declared. */
export interface Scope {
  readonly subjects: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
}

export interface Rule {
  readonly id: string;
  readonly effect: EffectName;
  readonly scope: Scope;
  /** The rule's own condition and those of the groups and `given`s around it, `and`ed. */
  readonly condition: Expr;
  readonly skipUnknown: boolean;
  readonly narrowing: Narrowing | undefined;
  /** Asked for where it fires with its own effect. */
  readonly demands: readonly Demand[];
  /**
   * Of a challenge: where it stands as `challenge` and not as `deny`; undefined: everywhere. A
   * permit has as much in its condition, and a narrow in its narrowing.
   */
  readonly answerable: Expr | undefined;
  readonly message: readonly MessagePart[];
  readonly covers: readonly string[];
  readonly span: Span;
}

/** What a `narrow` sets, and where it may stand as `narrow` and not as `deny`. */
export interface Narrowing {
  readonly settings: readonly Setting[];
  /** All limits kept and the `unless` condition; `narrow` needs it certainly true. */
  readonly inside: Expr;
}

export interface Setting {
  readonly constraint: Constraint;
  readonly value: Expr;
}

export type MessagePart = string | Expr;

export interface Score {
  readonly name: string;
  readonly scope: Scope;
  readonly conditions: readonly ScoreCondition[];
  /** In rising order of `from` and of strictness. */
  readonly bands: readonly Band[];
  readonly span: Span;
}

export interface ScoreCondition {
  readonly id: string;
  readonly weight: bigint;
  readonly condition: Expr;
  readonly message: readonly MessagePart[];
  readonly covers: readonly string[];
  readonly span: Span;
}

export interface Band {
  readonly from: bigint;
  readonly effect: EffectName;
  readonly narrowing: Narrowing | undefined;
  readonly span: Span;
}

// --- expressions -------------------------------------------------------------------------------

export type Root = 'subject' | 'action' | 'resource' | 'context';

interface Typed {
  readonly type: Type;
  readonly span: Span;
}

export type Expr =
  | ConstantExpr
  | ReadExpr
  | SelectorExpr
  | NowExpr
  | VariableExpr
  | BindingExpr
  | LookupExpr
  | ApplyExpr
  | CompareExpr
  | AgeExpr
  | InWindowExpr
  | CalendarExpr
  | JunctionExpr
  | NotExpr
  | KnownExpr
  | PresenceExpr
  | QuantifierExpr
  | IfExpr
  | ElseExpr
  | SetExpr
  | HistoryExpr;

export interface ConstantExpr extends Typed {
  readonly kind: 'Constant';
  readonly value: Value;
}

/** A member of the request or of a quantified record, found by following `members`. */
export interface ReadExpr extends Typed {
  readonly kind: 'Read';
  readonly from: Root | Variable;
  readonly members: readonly Member[];
  /** Read whatever its age. */
  readonly latest: boolean;
}

/** One of the request's own strings, which are there in every valid request. */
export interface SelectorExpr extends Typed {
  readonly kind: 'Selector';
  readonly which: Selector;
}

export type Selector =
  | 'subject.type'
  | 'subject.id'
  | 'action.name'
  | 'resource.type'
  | 'resource.id';

/** `context.time` */
export interface NowExpr extends Typed {
  readonly kind: 'Now';
}

export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** Of the collection that it runs over, as far as that is a path. */
  readonly path: string;
  /** Of a function that is checked by itself; where it is called, the argument stands instead. */
  readonly isParameter?: boolean;
  /** Of a collection of the request: in a well-formed one each has what its type requires. */
  readonly isElement?: boolean;
}

/** A quantified element that is no record. */
export interface VariableExpr extends Typed {
  readonly kind: 'Variable';
  readonly variable: Variable;
}

/** A `let` or the name of a `given`; it is worth its value wherever it stands. */
export interface Binding {
  readonly name: string;
  readonly value: Expr;
  readonly span: Span;
}

export interface BindingExpr extends Typed {
  readonly kind: 'Binding';
  readonly binding: Binding;
}

/** Unknown when a key is unknown or the table has no such row. */
export interface LookupExpr extends Typed {
  readonly kind: 'Lookup';
  readonly table: Table;
  readonly keys: readonly Expr[];
}

/** A builtin that is unknown when an operand is. */
export interface ApplyExpr extends Typed {
  readonly kind: 'Apply';
  readonly builtin: Resolution;
  readonly args: readonly Expr[];
}

/** On two operands of one type; with `known` and windows all in which time may be read. */
export interface CompareExpr extends Typed {
  readonly kind: 'Compare';
  readonly operator: Comparison;
  readonly left: Expr;
  readonly right: Expr;
}

/** `context.time - of`, never below zero; unknown when `of` lies more than a minute ahead. */
export interface AgeExpr extends Typed {
  readonly kind: 'Age';
  readonly of: Expr;
}

/** Whether an instant lies in a window; unknown where nothing is known of the zone. Time may be read in `of`. */
export interface InWindowExpr extends Typed {
  readonly kind: 'InWindow';
  readonly window: Window;
  readonly of: Expr;
}

/** What a zone's clock reads at an instant that does not move with the clock. */
export interface CalendarExpr extends Typed {
  readonly kind: 'Calendar';
  readonly field: CalendarField;
  readonly zone: Zone;
  readonly of: Expr;
}

export interface JunctionExpr extends Typed {
  readonly kind: 'And' | 'Or';
  readonly operands: readonly Expr[];
}

export interface NotExpr extends Typed {
  readonly kind: 'Not';
  readonly operand: Expr;
}

/** Whether the operand has a usable value; never unknown but for a faulty member. */
export interface KnownExpr extends Typed {
  readonly kind: 'Known';
  readonly operand: Expr;
}

/** Whether the member is there, whatever its age or value. */
export interface PresenceExpr extends Typed {
  readonly kind: 'Presence';
  readonly operand: ReadExpr;
  readonly present: boolean;
}

export interface QuantifierExpr extends Typed {
  readonly kind: 'Quantifier';
  readonly quantifier: 'any' | 'all';
  readonly variable: Variable;
  readonly collection: Expr;
  readonly body: Expr;
}

export interface IfExpr extends Typed {
  readonly kind: 'If';
  readonly condition: Expr;
  readonly then: Expr;
  readonly else: Expr;
}

/** `x else y`: `y` where `x` is unknown. */
export interface ElseExpr extends Typed {
  readonly kind: 'Else';
  readonly value: Expr;
  readonly fallback: Expr;
}

/** A set of its operands' values; unknown when one is. */
export interface SetExpr extends Typed {
  readonly kind: 'Set';
  readonly elements: readonly Expr[];
}

// --- history -----------------------------------------------------------------------------------

/** What is asked of the events of a session; unknown where there is no session. */
export interface HistoryExpr extends Typed {
  readonly kind: 'History';
  readonly term: HistoryTerm;
}

export type HistoryTerm = OnceTerm | CountTerm | SinceTerm | LastTerm;

interface Asking {
  /** Names and constants resolved: what has the same text asks the same. */
  readonly text: string;
  readonly pattern: EventPattern;
  /** Whether a decision can change it, so that its answer is for one action alone. */
  readonly countsDecisions: boolean;
}

/** Whether there was an event. */
export interface OnceTerm extends Asking {
  readonly form: 'once';
  /** In milliseconds, an event of that very age included; undefined: whenever. */
  readonly within: bigint | undefined;
}

/** How the number of events compares with a constant. */
export interface CountTerm extends Asking {
  readonly form: 'count';
  readonly within: bigint | undefined;
  readonly operator: Comparison;
  readonly threshold: bigint;
}

/** Whether an event came after the newest of those of `start`; without one of these, whether any came. */
export interface SinceTerm extends Asking {
  readonly form: 'since';
  readonly start: EventPattern;
}

/** What the newest event holds; unknown without one. */
export interface LastTerm extends Asking {
  readonly form: 'last';
  /** From the pattern's `event`. */
  readonly field: ReadExpr;
}

/** Which events count. */
export interface EventPattern {
  readonly of: DecisionEvents | SignalEvents;
  /** Stands for the event in the condition, in the key and in what `last` reads. */
  readonly event: Variable;
  /** Of the event alone, so that it is decided when that is recorded. */
  readonly condition: Expr | undefined;
  readonly key: EventKey | undefined;
}

export interface DecisionEvents {
  readonly kind: 'decision';
  /** `allowed`: permitted or narrowed. */
  readonly which: 'decided' | 'allowed' | 'refused';
  /** undefined: any. */
  readonly actions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
}

export interface SignalEvents {
  readonly kind: 'signal';
  readonly name: string;
}

/** Only events count that have a member as the present request has it. */
export interface EventKey {
  readonly ofEvent: ReadExpr;
  readonly ofRequest: ReadExpr | SelectorExpr;
  /** So many values are kept. */
  readonly limit: number;
}

// --- tests -------------------------------------------------------------------------------------

export interface PolicyTest {
  readonly name: string;
  /** The request as JSON text. */
  readonly request: string;
  /** When the session opens whose steps these are; undefined: each step is a request for itself. */
  readonly opens: bigint | undefined;
  readonly steps: readonly TestStep[];
  readonly span: Span;
}

export interface TestStep {
  /** Milliseconds since the epoch; undefined: the request's own `context.time`. Of a session it is told. */
  readonly at: bigint | undefined;
  /** Approvals of what was asked last, given before anything else of the step. */
  readonly grants: readonly TestGrant[];
  /** Received before the session is asked. */
  readonly signals: readonly TestSignal[];
  /** How often the action is asked for; 0: what was asked last is judged once more. */
  readonly asks: number;
  readonly changes: readonly TestChange[];
  readonly tables: readonly TestTable[];
  readonly effect: EffectName;
  readonly reasons: readonly string[] | undefined;
  readonly constraints:
    | readonly { readonly constraint: Constraint; readonly value: Value }[]
    | undefined;
  readonly obligations: readonly Demand[] | undefined;
  readonly until: bigint | undefined;
  readonly span: Span;
}

export interface TestGrant {
  /** Milliseconds, from the instant of the step. */
  readonly lasts: bigint;
  readonly approver: string | undefined;
  /** The name of the policy whose call is approved. */
  readonly policy: string;
}

export interface TestSignal {
  readonly name: string;
  /** JSON text; undefined: it tells nothing. */
  readonly payload: string | undefined;
  /** When it came about; undefined: when it is received. */
  readonly time: bigint | undefined;
}

export interface TestChange {
  /** Member names from the request's root down, `properties` included. */
  readonly path: readonly string[];
  /** JSON text; undefined: the member is taken away. */
  readonly json: string | undefined;
}

/** What an external table holds from this step on. */
export interface TestTable {
  readonly table: Table;
  /** JSON text; undefined: it has not been filled. */
  readonly json: string | undefined;
}

// --- invariants --------------------------------------------------------------------------------

/** What must hold of every well-formed request and its answer. */
export interface Invariant {
  readonly name: string;
  readonly scope: Scope;
  readonly claim: Expr;
  /** By which the claim speaks of the answer. */
  readonly answer: AnswerVariables;
  readonly span: Span;
}

export interface AnswerVariables {
  /** An ordered enum. */
  readonly effect: Variable;
  /** A set of an enum of all reasons. */
  readonly reasons: Variable;
  /** A record of optional members, one a constraint. */
  readonly constraints: Variable;
  /** A set of an enum of the obligations' names. */
  readonly obligations: Variable;
}
