// The syntax tree of a file, before names are resolved and types are known. Nodes are readonly, named
// `…Node`, distinguished by `kind`, and carry their span. `childKeys` is the only list of the children
// of each node; visiting, printing and comparing are derived from it.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Span } from '../support/source.ts';
import type { AggregateForm } from '../types/aggregates.ts';
import type { PatternLanguage } from '../types/patterns/pattern-source.ts';
import type { PeriodUnit } from '../types/time/period.ts';
import type { Nth } from '../types/time/window.ts';

interface Spanned {
  readonly span: Span;
}

/** An entry of a scope for actions or resource types: a name, the name of a set, or a glob. */
export type ScopeNameNode = NameNode | PatternNode;

/** `actions writes = { "fs.write", "fs.delete" }`, `resources secrets = { vault, glob"secret.*" }` */
export interface NameSetNode extends Spanned {
  readonly kind: 'NameSet';
  readonly of: 'actions' | 'resources';
  readonly name: NameNode;
  readonly entries: readonly ScopeNameNode[];
}

/** An occurrence of a name; `quoted` if it is written as a string. */
export interface NameNode extends Spanned {
  readonly kind: 'Name';
  readonly text: string;
  readonly quoted: boolean;
}

export interface FileNode extends Spanned {
  readonly kind: 'File';
  readonly items: readonly ItemNode[];
}

export type ItemNode =
  | PolicyHeaderNode
  | UseNode
  | EnumNode
  | RecordNode
  | ConstNode
  | FunctionNode
  | LetNode
  | SubjectNode
  | ActionNode
  | ResourceNode
  | ContextNode
  | SignalsNode
  | NameSetNode
  | TableNode
  | ConstraintNode
  | WindowNode
  | ObligationNode
  | GroupNode
  | InvariantNode
  | FixtureNode
  | TestNode;

/** `policy acme.support_agent version "1.0.0"` */
export interface PolicyHeaderNode extends Spanned {
  readonly kind: 'PolicyHeader';
  readonly name: NameNode; // dotted
  readonly version: StringNode | undefined;
}

/** `use { A, B } from "file.nhipol"` or `use nhi.{ A, B }`; without names it imports all: `use "file.nhipol"` */
export interface UseNode extends Spanned {
  readonly kind: 'Use';
  readonly names: readonly NameNode[] | undefined;
  /** The path of a file, or the name of a vocabulary that is part of the language. */
  readonly from: StringNode | NameNode;
}

/** `enum RiskLevel { LOW < MEDIUM < HIGH, else HIGH }`, `enum Region { "New York", London }` */
export interface EnumNode extends Spanned {
  readonly kind: 'Enum';
  readonly name: NameNode;
  readonly members: readonly NameNode[];
  readonly ordered: boolean;
  /** The member that every unlisted string is read as. */
  readonly otherwise: NameNode | undefined;
}

/** `record Actor { sub?: String }` */
export interface RecordNode extends Spanned {
  readonly kind: 'Record';
  readonly name: NameNode;
  readonly type: RecordTypeNode;
}

/** `const limit = 5m` */
export interface ConstNode extends Spanned {
  readonly kind: 'Const';
  readonly name: NameNode;
  readonly value: ExprNode;
}

/** `function longest(a: Int, b: Int): Int = …`; without `result` it is a `predicate`. */
export interface FunctionNode extends Spanned {
  readonly kind: 'Function';
  readonly name: NameNode;
  readonly parameters: readonly ParameterNode[];
  readonly result: TypeNode | undefined;
  readonly body: ExprNode;
}

/** `host: String` */
interface ParameterNode extends Spanned {
  readonly kind: 'Parameter';
  readonly name: NameNode;
  readonly type: TypeNode;
}

/** `subject ai_agent { … }`; `name` is undefined for `subject any`. */
interface SubjectNode extends Spanned {
  readonly kind: 'Subject';
  readonly name: NameNode | undefined;
  readonly type: RecordTypeNode;
}

/** `action "tools/call" { … }`; `name` is undefined for `action any`. */
interface ActionNode extends Spanned {
  readonly kind: 'Action';
  readonly name: NameNode | undefined;
  readonly type: RecordTypeNode;
}

/** `resource customer { … }`; `name` is undefined for `resource any`. */
interface ResourceNode extends Spanned {
  readonly kind: 'Resource';
  readonly name: NameNode | undefined;
  readonly type: RecordTypeNode;
}

/** `context { … }`, or with the scope of its requests: `context for any doing "payment.send" { … }` */
export interface ContextNode extends Spanned {
  readonly kind: 'Context';
  /** `undefined` for every request. */
  readonly scope: ContextScopeNode | undefined;
  readonly type: RecordTypeNode;
}

/** `for ai_agent doing "payment.send" on account` */
export interface ContextScopeNode extends Spanned {
  readonly kind: 'ContextScope';
  readonly subjects: readonly NameNode[] | undefined;
  readonly actions: readonly ScopeNameNode[] | undefined;
  readonly resources: readonly ScopeNameNode[] | undefined;
}

/**
 * `signals { "attestation-failed": { reason?: String } }`, or the members of a record: `signals Events`; also
 * `outcomes { … }`.
 */
export interface SignalsNode extends Spanned {
  readonly kind: 'Signals';
  readonly of: 'signal' | 'outcome';
  readonly type: RecordTypeNode | NamedTypeNode;
}

/** `table t: String -> Set<String> from "t.json"`, with its entries in braces, or `external`. */
export interface TableNode extends Spanned {
  readonly kind: 'Table';
  readonly name: NameNode;
  /** One key type or two: `(String, String) -> …`. */
  readonly keys: readonly TypeNode[];
  readonly value: TypeNode;
  /** Whether the host loads the contents at run time; such a table has neither file nor entries. */
  readonly external: boolean;
  /** Whether a lookup also finds what the values of a key lead to. */
  readonly transitive: boolean;
  readonly from: StringNode | undefined;
  readonly entries: readonly TableEntryNode[];
}

/** `"crm.search": { "crm.read" }`, `("a", "b"): 5` or `"ann": { team: "ops" }` */
export interface TableEntryNode extends Spanned {
  readonly kind: 'TableEntry';
  readonly keys: readonly ExprNode[];
  readonly value: ExprNode | TableRowNode;
}

/** `{ team: "ops", level: HIGH }` */
export interface TableRowNode extends Spanned {
  readonly kind: 'TableRow';
  readonly members: readonly SettingNode[];
}

export type MergeRule = 'limits' | 'smallest wins' | 'largest wins' | 'intersects' | 'must agree';

/** `constraint privilege: Privilege limits action.privilege or lower` */
export interface ConstraintNode extends Spanned {
  readonly kind: 'Constraint';
  readonly name: NameNode;
  readonly type: TypeNode;
  readonly merge: MergeRule;
  /** The bounded path; only with `limits`. */
  readonly path: ExprNode | undefined;
  /** `or lower`: the value at the path may be lowered to the bound. */
  readonly lowers: boolean;
}

/**
 * `window w = Mon..Fri 09:00..17:00, last Sat 09:00..12:00 during 18 Dec..4 Jan in "Europe/Berlin" except 2026-12-25`;
 * without parts it is open all day, and then it has seasons.
 */
export interface WindowNode extends Spanned {
  readonly kind: 'Window';
  readonly name: NameNode;
  readonly parts: readonly WindowPartNode[];
  readonly seasons: readonly SeasonNode[];
  readonly zone: StringNode;
  readonly except: readonly DateRangeNode[];
}

/** `Mon, Thu..Sat 09:00..12:00, 13:00..17:00`; without days it applies to every day. */
export interface WindowPartNode extends Spanned {
  readonly kind: 'WindowPart';
  readonly days: readonly DaysNode[];
  readonly ranges: readonly TimeRangeNode[];
}

/** `Mon`, `Mon..Fri`, `1st Mon`, `last Fri`; Monday is weekday 0. */
export interface DaysNode extends Spanned {
  readonly kind: 'Days';
  readonly nth: Nth | undefined;
  readonly from: number;
  /** The last weekday of a range. */
  readonly to: number | undefined;
}

/** `22:00..06:00`; both in milliseconds since midnight. */
export interface TimeRangeNode extends Spanned {
  readonly kind: 'TimeRange';
  readonly from: DurationNode;
  readonly to: DurationNode;
}

/** `24 Dec`, `18 Dec..4 Jan`: days of every year. */
export interface SeasonNode extends Spanned {
  readonly kind: 'Season';
  readonly from: YearDayNode;
  readonly to: YearDayNode | undefined;
}

export interface YearDayNode extends Spanned {
  readonly kind: 'YearDay';
  /** 100 × month + date. */
  readonly yearDay: number;
}

/** `2026-12-25`, `2026-12-24..2027-01-02` */
export interface DateRangeNode extends Spanned {
  readonly kind: 'DateRange';
  readonly from: DateNode;
  readonly to: DateNode | undefined;
}

export interface DateNode extends Spanned {
  readonly kind: 'Date';
  /** Days since 1970-01-01. */
  readonly day: number;
}

/** `obligation sign_in: step_up { acr_value: String }` */
export interface ObligationNode extends Spanned {
  readonly kind: 'Obligation';
  readonly name: NameNode;
  /** The type of the obligation, or `undefined` if it is the same as the name. */
  readonly type: NameNode | undefined;
  readonly members: RecordTypeNode;
}

// --- types -------------------------------------------------------------------------------------

export type TypeNode = NamedTypeNode | CollectionTypeNode | MapTypeNode | RecordTypeNode;

/** `String`, `RiskLevel`, `Timestamp in seconds`, `Int(0..100)` */
export interface NamedTypeNode extends Spanned {
  readonly kind: 'NamedType';
  readonly name: NameNode;
  readonly inSeconds: boolean;
  readonly range: RangeNode | undefined;
}

/** `(0..100)`; a bound that is left out is undefined. */
export interface RangeNode extends Spanned {
  readonly kind: 'Range';
  readonly min: IntNode | DecimalNode | undefined;
  readonly max: IntNode | DecimalNode | undefined;
}

/** `Set<String>`, `List<Actor>` */
interface CollectionTypeNode extends Spanned {
  readonly kind: 'CollectionType';
  readonly collection: 'Set' | 'List';
  readonly element: TypeNode;
}

/** `Map<String, Int>` */
export interface MapTypeNode extends Spanned {
  readonly kind: 'MapType';
  readonly key: TypeNode;
  readonly value: TypeNode;
}

/** `{ level?: RiskLevel, observed_at?: Timestamp }` */
export interface RecordTypeNode extends Spanned {
  readonly kind: 'RecordType';
  readonly members: readonly MemberNode[];
}

/** `attestation?: Attestation fresh 5m`, `exposed: Bool = false`, `api_key: secret String` */
export interface MemberNode extends Spanned {
  readonly kind: 'Member';
  readonly name: NameNode;
  /** Whether the name is preceded by `properties.`. */
  readonly inProperties: boolean;
  readonly optional: boolean;
  /** Whether the value must not appear in answers and reports. */
  readonly secret: boolean;
  readonly type: TypeNode;
  readonly fresh: ExprNode | undefined;
  readonly default: ExprNode | undefined;
}

// --- rules -------------------------------------------------------------------------------------

/** `for ai_agent doing "tools/call" on customer when … { … }`; an undefined list means any. */
export interface GroupNode extends Spanned {
  readonly kind: 'Group';
  readonly subjects: readonly NameNode[] | undefined;
  readonly actions: readonly ScopeNameNode[] | undefined;
  readonly resources: readonly ScopeNameNode[] | undefined;
  readonly condition: ExprNode | undefined;
  readonly items: readonly GroupItemNode[];
}

export type GroupItemNode = LetNode | RuleNode | GivenNode | ScoreNode;

/** `let approved = context.session.approved_scopes` in a file or a group, or a name after `where` in a rule. */
export interface LetNode extends Spanned {
  readonly kind: 'Let';
  readonly name: NameNode;
  readonly value: ExprNode;
}

/** `narrow risk_medium when level is MEDIUM to { … } or deny unless …` */
export interface RuleNode extends Spanned {
  readonly kind: 'Rule';
  readonly effect: EffectName;
  readonly name: NameNode;
  readonly condition: ExprNode | undefined;
  /** `permit x otherwise`: a permit without a condition. */
  readonly otherwise: boolean;
  /** `, if unknown skip` */
  readonly skipUnknown: boolean;
  readonly settings: readonly SettingNode[];
  /** `or deny unless …` */
  readonly unless: ExprNode | undefined;
  /** `with step_up { … }` */
  readonly demands: readonly DemandNode[];
  readonly because: MessageNode | undefined;
  readonly covers: readonly NameNode[];
  /** `where a = …, b = …`: names that are valid in this rule only. */
  readonly where: readonly LetNode[];
}

/** The value of a constraint, or of a member of an obligation: `max_rows: 100` */
export interface SettingNode extends Spanned {
  readonly kind: 'Setting';
  readonly name: NameNode;
  readonly value: ExprNode;
}

/** An obligation that a rule demands: `step_up { acr_value: "urn:loa:3" }` */
export interface DemandNode extends Spanned {
  readonly kind: 'Demand';
  readonly name: NameNode;
  readonly settings: readonly SettingNode[];
}

/** `"{action.tool.name} is not in the catalogue"`: strings and expressions. */
export interface MessageNode extends Spanned {
  readonly kind: 'Message';
  readonly parts: readonly (StringNode | ExprNode)[];
}

/** `given x = p { … } otherwise { … }`; `otherwise` is `undefined` if it is left out. */
export interface GivenNode extends Spanned {
  readonly kind: 'Given';
  readonly name: NameNode;
  readonly value: ExprNode;
  readonly items: readonly GroupItemNode[];
  readonly otherwise: OtherwiseNode | undefined;
}

/** `otherwise ignore` has no items. */
export interface OtherwiseNode extends Spanned {
  readonly kind: 'Otherwise';
  readonly ignore: boolean;
  readonly items: readonly GroupItemNode[];
}

/** `score anomalies { … from 2 deny }` */
export interface ScoreNode extends Spanned {
  readonly kind: 'Score';
  readonly name: NameNode;
  readonly conditions: readonly ScoreConditionNode[];
  readonly bands: readonly BandNode[];
}

/** `anomaly_geo counts 1 when …` */
export interface ScoreConditionNode extends Spanned {
  readonly kind: 'ScoreCondition';
  readonly name: NameNode;
  readonly weight: IntNode;
  readonly condition: ExprNode;
  readonly because: MessageNode | undefined;
  readonly covers: readonly NameNode[];
}

/** `from 1 narrow to { … }` */
export interface BandNode extends Spanned {
  readonly kind: 'Band';
  readonly from: IntNode;
  readonly effect: EffectName;
  readonly settings: readonly SettingNode[];
  readonly unless: ExprNode | undefined;
}

// --- expressions -------------------------------------------------------------------------------

export type ExprNode =
  | BoolNode
  | IntNode
  | DecimalNode
  | DurationNode
  | TimestampNode
  | AddressNode
  | StringNode
  | InterpolationNode
  | ReferenceNode
  | AccessNode
  | LookupNode
  | IndexNode
  | CallNode
  | UnaryNode
  | BinaryNode
  | PresenceNode
  | MatchNode
  | QuantifierNode
  | AggregateNode
  | IfNode
  | SetNode
  | HistoryNode;

interface BoolNode extends Spanned {
  readonly kind: 'Bool';
  readonly value: boolean;
}
export interface IntNode extends Spanned {
  readonly kind: 'Int';
  readonly value: bigint;
}
/** `12.5` */
export interface DecimalNode extends Spanned {
  readonly kind: 'Decimal';
  readonly millionths: bigint;
}
/** `5m`, or a time of day as the duration since midnight: `09:00`; `text` is the source. */
export interface DurationNode extends Spanned {
  readonly kind: 'Duration';
  readonly milliseconds: bigint;
  readonly text: string;
}
/** `2026-12-25T00:00:00Z` */
export interface TimestampNode extends Spanned {
  readonly kind: 'Timestamp';
  readonly milliseconds: bigint;
  readonly text: string;
}
/** `10.0.0.1`, `2001:db8::/32`; `value` is the canonical spelling, `text` the source. */
export interface AddressNode extends Spanned {
  readonly kind: 'Address';
  readonly type: 'Ip' | 'Cidr';
  readonly value: string;
  readonly text: string;
}
export interface StringNode extends Spanned {
  readonly kind: 'String';
  readonly value: string;
}
/** A bare name: a root (`subject`), a `let`, a constant, a variable or a member of an enum. */
export interface ReferenceNode extends Spanned {
  readonly kind: 'Reference';
  readonly name: string;
}
/** `object.name`, `object."quoted name"` */
export interface AccessNode extends Spanned {
  readonly kind: 'Access';
  readonly object: ExprNode;
  readonly name: NameNode;
}
/** `table[key]`, `table[first, second]` */
export interface LookupNode extends Spanned {
  readonly kind: 'Lookup';
  readonly table: NameNode;
  readonly keys: readonly ExprNode[];
  /** The span of `data` before the table, as in Rego; the checker reports it. */
  readonly data?: Span;
}
/** `resource.labels[key]`; of a map with a name of its own, it is a `LookupNode`. */
export interface IndexNode extends Spanned {
  readonly kind: 'Index';
  readonly object: ExprNode;
  readonly keys: readonly ExprNode[];
}
/** `size(x)`, `known(x)`, `latest(x)` */
export interface CallNode extends Spanned {
  readonly kind: 'Call';
  readonly callee: NameNode;
  readonly args: readonly ExprNode[];
  /** Whether the call is written `x.f()`, as in other languages; the checker reports it. */
  readonly method?: true;
}
interface UnaryNode extends Spanned {
  readonly kind: 'Unary';
  readonly operator: 'not' | '-';
  readonly operand: ExprNode;
}

/** `==` is another spelling of `is`, and `!=` of `is not`. */
export type BinaryOperator =
  | 'implies'
  | 'or'
  | 'and'
  | 'is'
  | 'is not'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not in'
  | 'within'
  | 'not within'
  | 'intersects'
  | 'starts_with'
  | 'ends_with'
  | 'contains'
  | 'under'
  | 'else'
  | 'union'
  | 'intersect'
  | 'minus'
  | '+'
  | '-'
  | '*'
  | '/';

export interface BinaryNode extends Spanned {
  readonly kind: 'Binary';
  readonly operator: BinaryOperator;
  readonly left: ExprNode;
  readonly right: ExprNode;
}
/** `"user/{subject.id}"`: strings and expressions. */
export interface InterpolationNode extends Spanned {
  readonly kind: 'Interpolation';
  readonly parts: readonly (StringNode | ExprNode)[];
}
/** `x is present`, `x is missing` */
interface PresenceNode extends Spanned {
  readonly kind: 'Presence';
  readonly operand: ExprNode;
  readonly present: boolean;
}
/**
 * `x matches glob"*.log"`, `x not matches glob"*.acme" separated by "." ignoring case`,
 * `x contains regex"curl|wget"`
 */
export interface MatchNode extends Spanned {
  readonly kind: 'Match';
  readonly operand: ExprNode;
  readonly negated: boolean;
  /** `contains`: true if any part of the string matches. */
  readonly searches: boolean;
  readonly pattern: PatternNode;
  readonly separator: StringNode | undefined;
  readonly ignoringCase: boolean;
}
/** `regex"[a-z]+"`; `text` is the source between the quotes. */
export interface PatternNode extends Spanned {
  readonly kind: 'Pattern';
  readonly language: PatternLanguage;
  readonly text: string;
}
/** `any a in subject.actor_chain satisfies …`, `any c in action.containers, action.init_containers satisfies …` */
export interface QuantifierNode extends Spanned {
  readonly kind: 'Quantifier';
  readonly quantifier: 'any' | 'all';
  readonly variable: NameNode;
  /** At least one. */
  readonly collections: readonly ExprNode[];
  readonly body: ExprNode;
}
/** `sum(item.amount for item in action.items where item.kind is refund)` */
export interface AggregateNode extends Spanned {
  readonly kind: 'Aggregate';
  readonly form: AggregateForm;
  readonly body: ExprNode;
  readonly variable: NameNode;
  readonly collection: ExprNode;
  /** If undefined, all elements count. */
  readonly condition: ExprNode | undefined;
}
interface IfNode extends Spanned {
  readonly kind: 'If';
  readonly condition: ExprNode;
  readonly then: ExprNode;
  readonly else: ExprNode;
}
/** `{ public, internal }` */
export interface SetNode extends Spanned {
  readonly kind: 'Set';
  readonly elements: readonly ExprNode[];
}

export type HistoryForm = 'once' | 'count' | 'sum' | 'since' | 'last';

/** `once(allowed doing read, within 10m)`, `since(signal "a", signal "b")`, `sum(event.rows of signal "a")` */
export interface HistoryNode extends Spanned {
  readonly kind: 'History';
  readonly form: HistoryForm;
  /** The member that `sum` adds. */
  readonly member: ExprNode | undefined;
  readonly pattern: EventPatternNode;
  /** The first argument of `since`: the events after which it counts. */
  readonly start: EventPatternNode | undefined;
  /** The maximum age of an event, or the period in which it must have occurred; not both. */
  readonly within: ExprNode | undefined;
  readonly period: PeriodNode | undefined;
}

/** `within this week in "Europe/London"` */
export interface PeriodNode extends Spanned {
  readonly kind: 'Period';
  readonly unit: PeriodUnit;
  readonly zone: StringNode;
}

export type EventWord = 'decided' | 'allowed' | 'refused' | 'signal' | 'outcome';

/** `refused doing "tools/call" where event.effect is deny per resource.id up to 16` */
export interface EventPatternNode extends Spanned {
  readonly kind: 'EventPattern';
  readonly events: EventWord;
  /** The name of the signal or outcome. */
  readonly signal: StringNode | undefined;
  /** If undefined, any action or resource type matches. */
  readonly actions: readonly ScopeNameNode[] | undefined;
  readonly resources: readonly ScopeNameNode[] | undefined;
  readonly condition: ExprNode | undefined;
  /** `across sessions`: the events of all sessions count. */
  readonly across: boolean;
  readonly key: EventKeyNode | undefined;
}

/**
 * `per resource.id up to 16`, `per (subject.id, action.currency) up to 1_000`; without paths, `up to 16` limits the values that
 * the condition compares with the request.
 */
export interface EventKeyNode extends Spanned {
  readonly kind: 'EventKey';
  readonly paths: readonly ExprNode[];
  readonly limit: IntNode;
}

// --- tests -------------------------------------------------------------------------------------

/** `test "…" { request from "r.json" with { … } expect permit because x }` */
export interface TestNode extends Spanned {
  readonly kind: 'Test';
  readonly name: StringNode;
  /** `session` instead of `request`: all steps belong to one session. */
  readonly session: boolean;
  readonly request: RequestNode;
  /** Empty if there is an `each`. */
  readonly steps: readonly StepNode[];
  readonly each: EachNode | undefined;
}

/** The path of a file, the name of a fixture, or the request itself. */
export type RequestNode = StringNode | NameNode | JsonObjectNode;

/** `fixture medium_risk from baseline with { context.risk.level = MEDIUM }` */
export interface FixtureNode extends Spanned {
  readonly kind: 'Fixture';
  readonly name: NameNode;
  readonly request: RequestNode;
  readonly changes: readonly ChangeNode[];
}

/**
 * A decision with its expected answer. The first step follows the request; each later one begins
 * with `then`, and its changes apply to the request of the step before.
 */
export interface StepNode extends StepStart, Expectation {
  readonly kind: 'Step';
}

/** The part of a step before `expect`. */
export interface StepStart extends Spanned {
  readonly at: TimestampNode | undefined;
  /** `after 2m`: the time since the step before. */
  readonly after: DurationNode | undefined;
  /** `in session "b"`: the step belongs to another session than the session of the test. */
  readonly session: StringNode | undefined;
  readonly grants: readonly GrantNode[];
  readonly signals: readonly StepSignalNode[];
  /** `ask`: the step takes a decision; without it, the step re-evaluates the last request. */
  readonly asks: boolean;
  /** Whether `ask` is written after the changes. */
  readonly asksLast: boolean;
  /** `ask 30 times` */
  readonly times: IntNode | undefined;
  readonly changes: readonly ChangeNode[];
}

/** The result that a test expects: the effect of an answer, or whether the request could be permitted. */
export type ExpectedOutcome = EffectName | 'possible' | 'impossible';

export interface Expectation extends Spanned {
  readonly outcome: ExpectedOutcome;
  readonly reasons: readonly NameNode[] | undefined;
  /** `with { ttl: 60s }`: the complete list of the answer's constraints. */
  readonly settings: readonly SettingNode[] | undefined;
  /** `with step_up { … }`: the complete list of the answer's obligations. */
  readonly demands: readonly DemandNode[] | undefined;
  /** `or lower { action.rows = 5 }`: the complete counter-offer of the answer. */
  readonly lower: readonly ChangeNode[] | undefined;
  /** `until 2026-…Z` */
  readonly until: TimestampNode | undefined;
}

/**
 * `each context.risk.level, action.privilege { LOW, write expect permit … }`: a test with one step
 * for each row. All rows have the same start; the cells of a row are further changes.
 */
export interface EachNode extends StepStart {
  readonly kind: 'Each';
  /** Paths as in changes, or `at`. */
  readonly columns: readonly ExprNode[];
  readonly rows: readonly RowNode[];
}

/** `MEDIUM, read expect narrow because risk_medium` */
export interface RowNode extends Expectation {
  readonly kind: 'Row';
  readonly cells: readonly CellNode[];
}

export interface CellNode extends Spanned {
  readonly kind: 'Cell';
  /** `missing`, which removes the member, is undefined. */
  readonly value: JsonNode | undefined;
}

/** `granted for 10m by "ada"`: the last request is approved. */
export interface GrantNode extends Spanned {
  readonly kind: 'Grant';
  readonly lasts: DurationNode;
  readonly approver: StringNode | undefined;
}

/** `signal "attestation-failed" at 2026-…Z { reason: "nonce" }`, `outcome "failed" {}` */
export interface StepSignalNode extends Spanned {
  readonly kind: 'StepSignal';
  readonly of: 'signal' | 'outcome';
  readonly name: StringNode;
  /** The time of the event, or `undefined` if it is the time of receipt. */
  readonly at: TimestampNode | undefined;
  readonly payload: JsonObjectNode | undefined;
}

/** `invariant "…" for ai_agent subject.exposed implies effect >= deny` */
export interface InvariantNode extends Spanned {
  readonly kind: 'Invariant';
  readonly name: StringNode;
  readonly subjects: readonly NameNode[] | undefined;
  readonly actions: readonly ScopeNameNode[] | undefined;
  readonly resources: readonly ScopeNameNode[] | undefined;
  readonly claim: ExprNode;
}

/** `context.risk.level = HIGH`, `subject.owner = missing` */
export interface ChangeNode extends Spanned {
  readonly kind: 'Change';
  readonly path: ExprNode;
  /** `missing`, which removes the member, is undefined. */
  readonly value: JsonNode | undefined;
}

export type JsonNode = JsonObjectNode | JsonArrayNode | JsonScalarNode;

export interface JsonObjectNode extends Spanned {
  readonly kind: 'JsonObject';
  readonly members: readonly JsonMemberNode[];
}
export interface JsonMemberNode extends Spanned {
  readonly kind: 'JsonMember';
  readonly name: NameNode;
  readonly value: JsonNode;
}
interface JsonArrayNode extends Spanned {
  readonly kind: 'JsonArray';
  readonly elements: readonly JsonNode[];
}
/** `json` is the value as JSON: a bare name becomes a string, `5m` becomes 300, an instant its text as a string. */
export interface JsonScalarNode extends Spanned {
  readonly kind: 'JsonScalar';
  readonly json: string;
}

export type AstNode =
  | NameNode
  | FileNode
  | ItemNode
  | ContextScopeNode
  | TableEntryNode
  | TableRowNode
  | WindowPartNode
  | DaysNode
  | TimeRangeNode
  | SeasonNode
  | YearDayNode
  | DateRangeNode
  | DateNode
  | ParameterNode
  | TypeNode
  | RangeNode
  | MemberNode
  | GroupItemNode
  | SettingNode
  | DemandNode
  | MessageNode
  | OtherwiseNode
  | ScoreConditionNode
  | BandNode
  | ExprNode
  | PatternNode
  | EventPatternNode
  | PeriodNode
  | EventKeyNode
  | StepNode
  | EachNode
  | RowNode
  | CellNode
  | GrantNode
  | StepSignalNode
  | ChangeNode
  | JsonNode
  | JsonMemberNode;

type NodeOfKind<K extends AstNode['kind']> = Extract<AstNode, { readonly kind: K }>;

const stepStartKeys = ['at', 'after', 'session', 'grants', 'signals', 'times', 'changes'] as const;
const expectationKeys = ['reasons', 'settings', 'demands', 'lower', 'until'] as const;

/** The children of each kind of node, in source order. */
export const childKeys: {
  readonly [K in AstNode['kind']]: readonly Exclude<keyof NodeOfKind<K>, 'kind' | 'span'>[];
} = {
  Name: [],
  File: ['items'],
  PolicyHeader: ['name', 'version'],
  Use: ['names', 'from'],
  Enum: ['name', 'members', 'otherwise'],
  NameSet: ['name', 'entries'],
  Record: ['name', 'type'],
  Const: ['name', 'value'],
  Function: ['name', 'parameters', 'result', 'body'],
  Parameter: ['name', 'type'],
  Subject: ['name', 'type'],
  Action: ['name', 'type'],
  Resource: ['name', 'type'],
  Context: ['scope', 'type'],
  ContextScope: ['subjects', 'actions', 'resources'],
  Signals: ['type'],
  Table: ['name', 'keys', 'value', 'from', 'entries'],
  TableEntry: ['keys', 'value'],
  TableRow: ['members'],
  Constraint: ['name', 'type', 'path'],
  Obligation: ['name', 'type', 'members'],
  NamedType: ['name', 'range'],
  Range: ['min', 'max'],
  Window: ['name', 'parts', 'seasons', 'zone', 'except'],
  WindowPart: ['days', 'ranges'],
  Days: [],
  TimeRange: ['from', 'to'],
  Season: ['from', 'to'],
  YearDay: [],
  DateRange: ['from', 'to'],
  Date: [],
  CollectionType: ['element'],
  MapType: ['key', 'value'],
  RecordType: ['members'],
  Member: ['name', 'type', 'fresh', 'default'],
  Group: ['subjects', 'actions', 'resources', 'condition', 'items'],
  Let: ['name', 'value'],
  Rule: ['name', 'condition', 'settings', 'unless', 'demands', 'because', 'covers', 'where'],
  Setting: ['name', 'value'],
  Demand: ['name', 'settings'],
  Message: ['parts'],
  Given: ['name', 'value', 'items', 'otherwise'],
  Otherwise: ['items'],
  Score: ['name', 'conditions', 'bands'],
  ScoreCondition: ['name', 'weight', 'condition', 'because', 'covers'],
  Band: ['from', 'settings', 'unless'],
  Bool: [],
  Int: [],
  Decimal: [],
  Duration: [],
  Timestamp: [],
  Address: [],
  String: [],
  Interpolation: ['parts'],
  Reference: [],
  Access: ['object', 'name'],
  Lookup: ['table', 'keys'],
  Index: ['object', 'keys'],
  Call: ['callee', 'args'],
  Unary: ['operand'],
  Binary: ['left', 'right'],
  Presence: ['operand'],
  Match: ['operand', 'pattern', 'separator'],
  Pattern: [],
  Quantifier: ['variable', 'collections', 'body'],
  Aggregate: ['body', 'variable', 'collection', 'condition'],
  If: ['condition', 'then', 'else'],
  Set: ['elements'],
  History: ['member', 'pattern', 'start', 'within', 'period'],
  Period: ['zone'],
  EventPattern: ['signal', 'actions', 'resources', 'condition', 'key'],
  EventKey: ['paths', 'limit'],
  Fixture: ['name', 'request', 'changes'],
  Test: ['name', 'request', 'steps', 'each'],
  Step: [...stepStartKeys, ...expectationKeys],
  Each: [...stepStartKeys, 'columns', 'rows'],
  Row: ['cells', ...expectationKeys],
  Cell: ['value'],
  Grant: ['lasts', 'approver'],
  StepSignal: ['name', 'at', 'payload'],
  Invariant: ['name', 'subjects', 'actions', 'resources', 'claim'],
  Change: ['path', 'value'],
  JsonObject: ['members'],
  JsonMember: ['name', 'value'],
  JsonArray: ['elements'],
  JsonScalar: [],
};
