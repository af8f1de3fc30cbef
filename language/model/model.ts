// The checked model: a policy with resolved names and typed expressions. The evaluator defines its
// meaning; the compiler lowers it. It refers to the source only by spans.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Span } from '../support/source.ts';
import type { ExpectedOutcome, MergeRule } from '../syntax/ast.ts';
import type { AggregateForm } from '../types/aggregates.ts';
import type { Resolution } from '../types/builtins/builtin.ts';
import type { Comparison } from '../types/comparisons.ts';
import type { ObligationType } from '../types/obligations.ts';
import type { CalendarField } from '../types/time/fields.ts';
import type { HistoryWindow } from '../types/time/history-window.ts';
import type { Window } from '../types/time/window.ts';
import type { Zone } from '../types/time/zones.ts';
import type { EnumType, Member, RecordType, Type, Value } from '../types/types.ts';

export type { ExpectedOutcome, MergeRule } from '../syntax/ast.ts';
export type { Comparison } from '../types/comparisons.ts';
export type { CalendarField } from '../types/time/fields.ts';

export interface PolicyModel {
  readonly name: string;
  readonly version: string;
  readonly span: Span;
  readonly enums: readonly EnumType[];
  readonly subjects: ReadonlyMap<string, RecordType>;
  readonly actions: ReadonlyMap<string, RecordType>;
  readonly resources: ReadonlyMap<string, RecordType>;
  /** The shapes of subjects, actions and resources that are not declared by name. */
  readonly anySubject: RecordType | undefined;
  readonly anyAction: RecordType | undefined;
  readonly anyResource: RecordType | undefined;
  /** The members of every request's context; empty if all contexts have a scope. */
  readonly context: RecordType | undefined;
  /** The members that only some requests have in addition, see `contextOf`. */
  readonly contexts: readonly ScopedContext[];
  /** The shapes of the payloads, by the names of the signals and outcomes. */
  readonly signals: ReadonlyMap<string, RecordType>;
  /** The names of those that are outcomes: their payload is the member `result`. */
  readonly outcomes: ReadonlySet<string>;
  readonly tables: readonly Table[];
  /** The rows of external tables by name; a table that is not listed has not been loaded. */
  readonly contents: TableContents;
  readonly constraints: readonly Constraint[];
  readonly obligations: readonly Obligation[];
  /** In order of file and position; the order has no effect on answers. */
  readonly rules: readonly Rule[];
  readonly scores: readonly Score[];
  readonly invariants: readonly Invariant[];
  readonly tests: readonly PolicyTest[];
  /** The files of the policy, including the files of its tables, in order of path. */
  readonly sources: readonly PolicySource[];
}

export interface PolicySource {
  /** The path as in spans. */
  readonly path: string;
  /** The path relative to the folder of the entry file: the same on every machine. */
  readonly name: string;
  readonly text: string;
  /** Whether the file holds the contents of a table. */
  readonly isTable: boolean;
}

export interface Table {
  readonly name: string;
  readonly keys: readonly Type[];
  readonly value: Type;
  /** Empty for an external table; see `Policy.contents`. */
  readonly rows: readonly TableRow[];
  readonly external: boolean;
  /** Whether the rows are closed: a key has everything that its values lead to. */
  readonly transitive: boolean;
  /** For records, a table for each member; the rows of the table itself have the value `true`. */
  readonly columns?: ReadonlyMap<string, Table>;
  readonly span: Span;
}

export type TableContents = ReadonlyMap<string, readonly TableRow[]>;

export interface TableRow {
  readonly keys: readonly Value[];
  readonly value: Value;
  /** The members of a record; an optional one may be missing. */
  readonly members?: ReadonlyMap<string, Value>;
}

export interface Constraint {
  readonly name: string;
  readonly type: Type;
  readonly merge: MergeRule;
  /** The path that `limits` bounds; each narrow resolves it in its own scope. */
  readonly limits: { readonly root: Root; readonly names: readonly string[] } | undefined;
  /** `or lower`: an answer that denies for the bound offers the value that would be within it. */
  readonly lowers: boolean;
  readonly span: Span;
}

/** A declared obligation, which rules may demand from the host that enforces the answer. */
export interface Obligation {
  readonly name: string;
  readonly type: ObligationType;
  readonly members: ReadonlyMap<string, Member>;
  readonly span: Span;
}

/** An obligation that a rule demands, with its values. */
export interface Demand {
  readonly obligation: Obligation;
  /** In ASCII order of names; optional members without a value are left out. */
  readonly properties: readonly Property[];
  readonly span: Span;
}

export interface Property {
  readonly name: string;
  readonly value: Expr;
}

/** The subjects, actions and resources of a group; undefined means any, including undeclared ones. */
export interface Scope {
  readonly subjects: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
}

/** A declaration of members of the context for the requests in a scope. */
export interface ScopedContext {
  readonly scope: Scope;
  readonly type: RecordType;
}

export interface Rule {
  readonly id: string;
  readonly effect: EffectName;
  readonly scope: Scope;
  /** The conjunction of the rule's condition and the conditions of the enclosing groups and `given`s. */
  readonly condition: Expr;
  /** The rule's own condition, or `undefined` if none is written. */
  readonly when: Expr | undefined;
  readonly skipUnknown: boolean;
  readonly narrowing: Narrowing | undefined;
  /** Demanded if the rule fires with its own effect. */
  readonly demands: readonly Demand[];
  /**
   * The condition under which a challenge remains a `challenge` and does not become a `deny`, or
   * `undefined` means always. For a permit this is part of the condition, for a narrow of the narrowing.
   */
  readonly remainsChallenge: Expr | undefined;
  readonly message: readonly MessagePart[];
  readonly covers: readonly string[];
  readonly span: Span;
}

/** The constraints that a `narrow` sets, and the condition under which it does not become a `deny`. */
export interface Narrowing {
  readonly settings: readonly Setting[];
  /** The limits and the `unless` condition; the rule is a `narrow` only if this is true, not unknown. */
  readonly inside: Expr;
  /** `undefined` if none of its constraints is declared `or lower`. */
  readonly lowering: Lowering | undefined;
}

/** The change of the request that makes a `narrow` fire as itself that denies only for its limits. */
export interface Lowering {
  /** True if the narrow needs nothing but lower values at the paths. */
  readonly suffices: Expr;
  readonly paths: readonly LoweredPath[];
}

/** A path that a constraint limits and that can be lowered to its value. */
export interface LoweredPath {
  /** The path in the JSON of the request: `action.properties.arguments.head`. */
  readonly path: string;
  readonly constraint: Constraint;
  /** Whether the request's value is within the constraint's already. */
  readonly within: Expr;
  /** The value to lower it to; of sets, the common elements. */
  readonly value: Expr;
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
  /** In ascending order of `from` and of strictness. */
  readonly bands: readonly Band[];
  readonly span: Span;
}

export interface ScoreCondition {
  readonly id: string;
  readonly weight: bigint;
  /** The conjunction of its own condition and the conditions of the enclosing groups and `given`s. */
  readonly condition: Expr;
  /** Its own condition. */
  readonly when: Expr;
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
  | AggregateExpr
  | IfExpr
  | ElseExpr
  | SetExpr
  | HistoryExpr;

export interface ConstantExpr extends Typed {
  readonly kind: 'Constant';
  readonly value: Value;
}

/** A member of the request or of a quantified record; `members` is the path to it. */
export interface ReadExpr extends Typed {
  readonly kind: 'Read';
  readonly from: Root | Variable;
  readonly members: readonly (Member | EntryStep)[];
  /** Whether the age of the value is ignored. */
  readonly latest: boolean;
}

/** The value of a map for a key; without an entry, it is missing like an optional member. */
export interface EntryStep extends Member {
  readonly key: Expr;
}

/** A string that every valid request has. */
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
  /** The path of the collection that the variable iterates over, if it is one. */
  readonly path: string;
  /** A parameter of a function that is checked by itself; calls substitute the argument. */
  readonly isParameter?: boolean;
  /** An element of a collection of the request; in a well-formed request it has the required members. */
  readonly isElement?: boolean;
  /** The secret member of which the variable is an element. */
  readonly secret?: Member | undefined;
}

/** A quantified element that is not a record. */
export interface VariableExpr extends Typed {
  readonly kind: 'Variable';
  readonly variable: Variable;
}

/** A `let` or the name of a `given`; each use has the value of the bound expression. */
export interface Binding {
  readonly name: string;
  readonly value: Expr;
  readonly span: Span;
}

export interface BindingExpr extends Typed {
  readonly kind: 'Binding';
  readonly binding: Binding;
}

/** A value of a table; unknown if a key is unknown or the table has no such row. */
export interface LookupExpr extends Typed {
  readonly kind: 'Lookup';
  readonly table: Table;
  readonly keys: readonly Expr[];
}

/** A call of a builtin; unknown if an operand is unknown. */
export interface ApplyExpr extends Typed {
  readonly kind: 'Apply';
  readonly builtin: Resolution;
  readonly args: readonly Expr[];
}

/**
 * A comparison of two operands of the same type. Only comparisons, `known` and windows may have
 * operands that read the time.
 */
export interface CompareExpr extends Typed {
  readonly kind: 'Compare';
  readonly operator: Comparison;
  readonly left: Expr;
  readonly right: Expr;
}

/** `context.time - of`, never below zero; unknown if `of` is more than a minute in the future. */
export interface AgeExpr extends Typed {
  readonly kind: 'Age';
  readonly of: Expr;
}

/** Whether an instant is in a window; unknown if the offset of the zone is not known. `of` may read the time. */
export interface InWindowExpr extends Typed {
  readonly kind: 'InWindow';
  readonly window: Window;
  readonly of: Expr;
}

/** A calendar field of an instant in a zone; the instant does not depend on the time of evaluation. */
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

/** Whether the operand has a usable value; unknown only for a faulty member. */
export interface KnownExpr extends Typed {
  readonly kind: 'Known';
  readonly operand: Expr;
}

/** Whether the member is present, whatever its age or value. */
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

/** The sum, the smallest or the largest value of an expression over the elements that meet a condition. */
export interface AggregateExpr extends Typed {
  readonly kind: 'Aggregate';
  readonly form: AggregateForm;
  readonly variable: Variable;
  readonly collection: Expr;
  /** `undefined` if all elements count. */
  readonly condition: Expr | undefined;
  /** It has the type of the whole. */
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

/** A set of the values of its elements; unknown if one of them is unknown. */
export interface SetExpr extends Typed {
  readonly kind: 'Set';
  readonly elements: readonly Expr[];
}

// --- history -----------------------------------------------------------------------------------

/** A term about the events of a session; unknown without a session. */
export interface HistoryExpr extends Typed {
  readonly kind: 'History';
  readonly term: HistoryTerm;
}

export type HistoryTerm = OnceTerm | CountTerm | SumTerm | SinceTerm | LastTerm;

/** The common members of history terms. */
interface TermBase {
  /** The term with resolved names and constants; terms with the same text have the same meaning. */
  readonly text: string;
  readonly pattern: EventPattern;
  /** Whether a decision can change its value, so that an answer is valid for one action only. */
  readonly countsDecisions: boolean;
}

/** True if there was an event. */
export interface OnceTerm extends TermBase {
  readonly form: 'once';
  /** `undefined` if all events of the session count. */
  readonly window: HistoryWindow | undefined;
}

/** A comparison of the number of events with a constant. */
export interface CountTerm extends TermBase {
  readonly form: 'count';
  readonly window: HistoryWindow | undefined;
  readonly operator: Comparison;
  readonly threshold: bigint;
}

/** A comparison of the sum of a member of events with a value of the request. */
export interface SumTerm extends TermBase {
  readonly form: 'sum';
  /** A number of the pattern's `event` that cannot be negative. */
  readonly member: ReadExpr;
  readonly window: HistoryWindow | undefined;
  readonly operator: Comparison;
  /** A number of the same type. It does not read the clock, but its conditions may. */
  readonly bound: Expr;
}

/** True if there was an event after the newest one of `start`; without one of `start`, if there was any event. */
export interface SinceTerm extends TermBase {
  readonly form: 'since';
  readonly start: EventPattern;
}

/** A member of the newest event; unknown without an event. */
export interface LastTerm extends TermBase {
  readonly form: 'last';
  /** A read from the pattern's `event`. */
  readonly field: ReadExpr;
}

/** The events that a history term refers to. */
export interface EventPattern {
  readonly of: DecisionEvents | SignalEvents;
  /** The variable for the event in the condition, in the key and in the member that `last` reads. */
  readonly event: Variable;
  /** Depends on the event only, so that it is evaluated once, when the event is recorded. */
  readonly condition: Expr | undefined;
  /** Whether the events of all sessions count; then it has a key. */
  readonly isShared: boolean;
  readonly key: EventKey | undefined;
}

export interface DecisionEvents {
  readonly kind: 'decision';
  /** `allowed`: permit or narrow. */
  readonly which: 'decided' | 'allowed' | 'refused';
  /** If undefined, any action or resource type matches. */
  readonly actions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
}

export interface SignalEvents {
  readonly kind: 'signal' | 'outcome';
  readonly name: string;
  /** The call of an outcome; if undefined, any action or resource type matches. */
  readonly actions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
}

/**
 * Restricts a pattern to events whose members have the values of members of the current request: first those after `per`, then
 * those that `where` compares.
 */
export interface EventKey {
  /** At least one. */
  readonly parts: readonly KeyPart[];
  /** The maximum number of combinations of values that are stored. */
  readonly limit: number;
}

export type KeyPart = SameMember | ComparedMembers;

/** A member after `per`. */
export interface SameMember {
  readonly origin: 'per';
  /** A member of the pattern's `event`; or the same as `ofRequest`: that of the request during which it was recorded. */
  readonly ofEvent: ReadExpr | SelectorExpr;
  readonly ofRequest: ReadExpr | SelectorExpr;
}

/** A member of the pattern's `event` that `where` compares with one of the request. */
export interface ComparedMembers {
  readonly origin: 'where';
  readonly ofEvent: ReadExpr;
  readonly ofRequest: ReadExpr | SelectorExpr;
}

// --- tests -------------------------------------------------------------------------------------

export interface PolicyTest {
  readonly name: string;
  /** The request as JSON. */
  readonly request: string;
  /** The instant at which the session of the steps opens, or `undefined` if each step is an independent request. */
  readonly opens: bigint | undefined;
  readonly steps: readonly TestStep[];
  readonly span: Span;
}

export interface TestStep {
  /** Milliseconds since the epoch, or `undefined` for the `context.time` of the request. Always set in a session. */
  readonly at: bigint | undefined;
  /**
   * The name of another session of the same policy, which opens with the request of the test in its first step, or
   * `undefined` for the session of the test.
   */
  readonly session: string | undefined;
  /** Approvals of the last request, granted before everything else in the step. */
  readonly grants: readonly TestGrant[];
  /** Signals that the session receives before the decision. */
  readonly signals: readonly TestSignal[];
  /** The number of decisions that the step takes; 0: the last request is re-evaluated. */
  readonly asks: number;
  readonly changes: readonly TestChange[];
  readonly tables: readonly TestTable[];
  readonly outcome: ExpectedOutcome;
  readonly reasons: readonly string[] | undefined;
  readonly constraints:
    | readonly { readonly constraint: Constraint; readonly value: Value }[]
    | undefined;
  readonly obligations: readonly Demand[] | undefined;
  /** The values by path, as JSON. */
  readonly lower: readonly TestLowered[] | undefined;
  readonly until: bigint | undefined;
  readonly span: Span;
}

/** Whether the step evaluates whether its request could be permitted, and takes no decision. */
export function expectsPossibility({ outcome }: TestStep): boolean {
  return outcome === 'possible' || outcome === 'impossible';
}

/** A value that the answer is expected to offer. */
export interface TestLowered {
  readonly path: string;
  readonly json: string;
}

export interface TestGrant {
  /** The duration in milliseconds, from the instant of the step. */
  readonly lasts: bigint;
  readonly approver: string | undefined;
  /** The name of the policy, which is part of the digest of the call. */
  readonly policy: string;
}

export interface TestSignal {
  readonly name: string;
  /** As JSON, or `undefined` if there is none. */
  readonly payload: string | undefined;
  /** The time of the event, or `undefined` for the time of receipt. */
  readonly time: bigint | undefined;
}

export interface TestChange {
  /** The names of members from the root of the request, including `properties`. */
  readonly path: readonly string[];
  /** The new value as JSON, or `undefined` if the member is removed. */
  readonly json: string | undefined;
}

/** The contents of an external table from this step on. */
export interface TestTable {
  readonly table: Table;
  /** As JSON, or `undefined` if the table has not been loaded. */
  readonly json: string | undefined;
}

// --- invariants --------------------------------------------------------------------------------

/** A condition that must be true for every well-formed request and its answer. */
export interface Invariant {
  readonly name: string;
  readonly scope: Scope;
  readonly claim: Expr;
  /** The variables that stand for the answer in the claim. */
  readonly answer: AnswerVariables;
  readonly span: Span;
}

export interface AnswerVariables {
  /** An ordered enum. */
  readonly effect: Variable;
  /** A set of an enum that lists all reasons. */
  readonly reasons: Variable;
  /** A record with an optional member for each constraint. */
  readonly constraints: Variable;
  /** A set of an enum that lists the names of all obligations. */
  readonly obligations: Variable;
}
