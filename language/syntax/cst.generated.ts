// Generated from grammar.ts by scripts/generate/cst.mjs.

import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface NameOrTextCstNode extends CstNode {
  name: "nameOrText";
  children: NameOrTextCstChildren;
}

export type NameOrTextCstChildren = {
  Word?: IToken[];
  Text?: IToken[];
};

export interface NameListCstNode extends CstNode {
  name: "nameList";
  children: NameListCstChildren;
}

export type NameListCstChildren = {
  nameOrText: (NameOrTextCstNode)[];
  Comma?: IToken[];
};

export interface ScopeNameCstNode extends CstNode {
  name: "scopeName";
  children: ScopeNameCstChildren;
}

export type ScopeNameCstChildren = {
  nameOrText?: NameOrTextCstNode[];
  Pattern?: IToken[];
};

export interface ScopeListCstNode extends CstNode {
  name: "scopeList";
  children: ScopeListCstChildren;
}

export type ScopeListCstChildren = {
  scopeName: (ScopeNameCstNode)[];
  Comma?: IToken[];
};

export interface ExpressionCstNode extends CstNode {
  name: "expression";
  children: ExpressionCstChildren;
}

export type ExpressionCstChildren = {
  term: (TermCstNode)[];
  operator?: (PresenceCstNode | MatchCstNode | OperatorCstNode)[];
};

export interface PresenceCstNode extends CstNode {
  name: "presence";
  children: PresenceCstChildren;
}

export type PresenceCstChildren = {
  Is: IToken[];
  Present?: IToken[];
  Missing?: IToken[];
};

export interface MatchCstNode extends CstNode {
  name: "match";
  children: MatchCstChildren;
}

export type MatchCstChildren = {
  Not?: IToken[];
  Matches?: IToken[];
  Contains?: IToken[];
  Pattern: IToken[];
  Separated?: IToken[];
  By?: IToken[];
  Text?: IToken[];
  Ignoring?: IToken[];
  Case?: IToken[];
};

export interface OperatorCstNode extends CstNode {
  name: "operator";
  children: OperatorCstChildren;
}

export type OperatorCstChildren = {
  Infix?: IToken[];
  Greater?: IToken[];
  Equals?: IToken[];
  Is?: IToken[];
  Not?: (IToken)[];
  In?: IToken[];
  Within?: IToken[];
};

export interface TermCstNode extends CstNode {
  name: "term";
  children: TermCstChildren;
}

export type TermCstChildren = {
  prefix?: (IToken)[];
  operand: OperandCstNode[];
  suffix?: SuffixCstNode[];
};

export interface SuffixCstNode extends CstNode {
  name: "suffix";
  children: SuffixCstChildren;
}

export type SuffixCstChildren = {
  Dot?: IToken[];
  nameOrText?: NameOrTextCstNode[];
  LBracket?: IToken[];
  values?: (ValuesCstNode)[];
  RBracket?: IToken[];
  LParen?: IToken[];
  RParen?: IToken[];
};

export interface ValuesCstNode extends CstNode {
  name: "values";
  children: ValuesCstChildren;
}

export type ValuesCstChildren = {
  expression: (ExpressionCstNode)[];
  Comma?: (IToken)[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  aggregate?: AggregateCstNode[];
  history?: HistoryCstNode[];
  FreeWord?: IToken[];
  Literal?: IToken[];
  Pattern?: IToken[];
  True?: IToken[];
  False?: IToken[];
  LParen?: IToken[];
  values?: ValuesCstNode[];
  RParen?: IToken[];
  setLiteral?: SetLiteralCstNode[];
  LBracket?: IToken[];
  RBracket?: IToken[];
  If?: IToken[];
  condition?: ExpressionCstNode[];
  Then?: IToken[];
  then?: ExpressionCstNode[];
  Else?: IToken[];
  else?: ExpressionCstNode[];
  Any?: IToken[];
  All?: IToken[];
  Word?: IToken[];
  In?: IToken[];
  collection?: (ExpressionCstNode)[];
  Comma?: IToken[];
  Satisfies?: IToken[];
  body?: ExpressionCstNode[];
};

export interface AggregateCstNode extends CstNode {
  name: "aggregate";
  children: AggregateCstChildren;
}

export type AggregateCstChildren = {
  AggregateWord: IToken[];
  LParen: IToken[];
  body: ExpressionCstNode[];
  ForEach: IToken[];
  Word: IToken[];
  In: IToken[];
  collection: ExpressionCstNode[];
  Where?: IToken[];
  condition?: ExpressionCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface HistoryCstNode extends CstNode {
  name: "history";
  children: HistoryCstChildren;
}

export type HistoryCstChildren = {
  HistoryWord: IToken[];
  LParen: IToken[];
  member?: ExpressionCstNode[];
  Of?: IToken[];
  eventPattern: (EventPatternCstNode)[];
  Comma?: IToken[];
  Within?: IToken[];
  period?: PeriodCstNode[];
  expression?: ExpressionCstNode[];
  trailingComma?: IToken[];
  RParen: IToken[];
};

export interface PeriodCstNode extends CstNode {
  name: "period";
  children: PeriodCstChildren;
}

export type PeriodCstChildren = {
  Today?: IToken[];
  This?: IToken[];
  Word?: IToken[];
  In: IToken[];
  Text: IToken[];
};

export interface EventPatternCstNode extends CstNode {
  name: "eventPattern";
  children: EventPatternCstChildren;
}

export type EventPatternCstChildren = {
  EventWord?: IToken[];
  Signal?: IToken[];
  Outcome?: IToken[];
  Text?: IToken[];
  Doing?: IToken[];
  actions?: ScopeListCstNode[];
  On?: IToken[];
  resources?: ScopeListCstNode[];
  Where?: IToken[];
  condition?: ExpressionCstNode[];
  Across?: IToken[];
  Sessions?: IToken[];
  Per?: IToken[];
  LParen?: IToken[];
  keys?: ValuesCstNode[];
  RParen?: IToken[];
  key?: ExpressionCstNode[];
  Up?: IToken[];
  To?: IToken[];
  Int?: IToken[];
};

export interface SetLiteralCstNode extends CstNode {
  name: "setLiteral";
  children: SetLiteralCstChildren;
}

export type SetLiteralCstChildren = {
  LBrace: IToken[];
  expression?: ExpressionCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface PolicyDeclarationCstNode extends CstNode {
  name: "policyDeclaration";
  children: PolicyDeclarationCstChildren;
}

export type PolicyDeclarationCstChildren = {
  Policy: IToken[];
  Word: (IToken)[];
  Dot?: IToken[];
  Version?: IToken[];
  Text?: IToken[];
};

export interface UseDeclarationCstNode extends CstNode {
  name: "useDeclaration";
  children: UseDeclarationCstChildren;
}

export type UseDeclarationCstChildren = {
  Use: IToken[];
  usedNames?: (UsedNamesCstNode)[];
  From?: IToken[];
  Text?: (IToken)[];
  Word?: IToken[];
  Dot?: IToken[];
};

export interface UsedNamesCstNode extends CstNode {
  name: "usedNames";
  children: UsedNamesCstChildren;
}

export type UsedNamesCstChildren = {
  LBrace: IToken[];
  Word?: IToken[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface EnumDeclarationCstNode extends CstNode {
  name: "enumDeclaration";
  children: EnumDeclarationCstChildren;
}

export type EnumDeclarationCstChildren = {
  Enum: IToken[];
  Word: IToken[];
  LBrace: IToken[];
  member: (NameOrTextCstNode)[];
  Comma?: IToken[];
  Less?: IToken[];
  catchAllComma?: IToken[];
  Else?: IToken[];
  catchAll?: NameOrTextCstNode[];
  trailingComma?: IToken[];
  RBrace: IToken[];
};

export interface NameSetDeclarationCstNode extends CstNode {
  name: "nameSetDeclaration";
  children: NameSetDeclarationCstChildren;
}

export type NameSetDeclarationCstChildren = {
  Actions?: IToken[];
  Resources?: IToken[];
  Word: IToken[];
  Equals: IToken[];
  LBrace: IToken[];
  scopeName?: ScopeNameCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface RecordDeclarationCstNode extends CstNode {
  name: "recordDeclaration";
  children: RecordDeclarationCstChildren;
}

export type RecordDeclarationCstChildren = {
  Record: IToken[];
  Word: IToken[];
  recordType: RecordTypeCstNode[];
};

export interface ConstDeclarationCstNode extends CstNode {
  name: "constDeclaration";
  children: ConstDeclarationCstChildren;
}

export type ConstDeclarationCstChildren = {
  Const: IToken[];
  Word: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface SchemaDeclarationCstNode extends CstNode {
  name: "schemaDeclaration";
  children: SchemaDeclarationCstChildren;
}

export type SchemaDeclarationCstChildren = {
  Subject?: IToken[];
  Action?: IToken[];
  Resource?: IToken[];
  nameOrText: NameOrTextCstNode[];
  recordType: RecordTypeCstNode[];
};

export interface ContextDeclarationCstNode extends CstNode {
  name: "contextDeclaration";
  children: ContextDeclarationCstChildren;
}

export type ContextDeclarationCstChildren = {
  Context: IToken[];
  contextScope?: ContextScopeCstNode[];
  recordType: RecordTypeCstNode[];
};

export interface ContextScopeCstNode extends CstNode {
  name: "contextScope";
  children: ContextScopeCstChildren;
}

export type ContextScopeCstChildren = {
  For: IToken[];
  subjects: NameListCstNode[];
  Doing?: IToken[];
  actions?: ScopeListCstNode[];
  On?: IToken[];
  resources?: ScopeListCstNode[];
};

export interface SignalsDeclarationCstNode extends CstNode {
  name: "signalsDeclaration";
  children: SignalsDeclarationCstChildren;
}

export type SignalsDeclarationCstChildren = {
  Signals?: IToken[];
  Outcomes?: IToken[];
  recordType?: RecordTypeCstNode[];
  Word?: IToken[];
};

export interface TableDeclarationCstNode extends CstNode {
  name: "tableDeclaration";
  children: TableDeclarationCstChildren;
}

export type TableDeclarationCstChildren = {
  Transitive?: IToken[];
  Table: IToken[];
  tableSignature: TableSignatureCstNode[];
  tableContents: TableContentsCstNode[];
};

export interface ExternalTableDeclarationCstNode extends CstNode {
  name: "externalTableDeclaration";
  children: ExternalTableDeclarationCstChildren;
}

export type ExternalTableDeclarationCstChildren = {
  External: IToken[];
  Transitive?: IToken[];
  Table: IToken[];
  tableSignature: TableSignatureCstNode[];
  tableContents?: TableContentsCstNode[];
};

export interface TableSignatureCstNode extends CstNode {
  name: "tableSignature";
  children: TableSignatureCstChildren;
}

export type TableSignatureCstChildren = {
  Word: IToken[];
  Colon: IToken[];
  LParen?: IToken[];
  key?: (TypeReferenceCstNode)[];
  Comma?: IToken[];
  RParen?: IToken[];
  Arrow: IToken[];
  value: TypeReferenceCstNode[];
};

export interface TableContentsCstNode extends CstNode {
  name: "tableContents";
  children: TableContentsCstChildren;
}

export type TableContentsCstChildren = {
  From?: IToken[];
  Text?: IToken[];
  LBrace?: IToken[];
  tableEntry?: TableEntryCstNode[];
  entryComma?: IToken[];
  RBrace?: IToken[];
};

export interface TableEntryCstNode extends CstNode {
  name: "tableEntry";
  children: TableEntryCstChildren;
}

export type TableEntryCstChildren = {
  key: ExpressionCstNode[];
  Colon: IToken[];
  settings?: SettingsCstNode[];
  value?: ExpressionCstNode[];
};

export interface SettingsCstNode extends CstNode {
  name: "settings";
  children: SettingsCstChildren;
}

export type SettingsCstChildren = {
  LBrace: IToken[];
  setting?: SettingCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface SettingCstNode extends CstNode {
  name: "setting";
  children: SettingCstChildren;
}

export type SettingCstChildren = {
  Word: IToken[];
  Colon: IToken[];
  expression: ExpressionCstNode[];
};

export interface ConstraintDeclarationCstNode extends CstNode {
  name: "constraintDeclaration";
  children: ConstraintDeclarationCstChildren;
}

export type ConstraintDeclarationCstChildren = {
  Constraint: IToken[];
  Word: IToken[];
  Colon: IToken[];
  typeReference: TypeReferenceCstNode[];
  Limits?: IToken[];
  expression?: ExpressionCstNode[];
  Or?: IToken[];
  Lower?: IToken[];
  Smallest?: IToken[];
  Wins?: (IToken)[];
  Largest?: IToken[];
  Intersects?: IToken[];
  Must?: IToken[];
  Agree?: IToken[];
};

export interface ObligationDeclarationCstNode extends CstNode {
  name: "obligationDeclaration";
  children: ObligationDeclarationCstChildren;
}

export type ObligationDeclarationCstChildren = {
  Obligation: IToken[];
  Word: IToken[];
  Colon?: IToken[];
  type?: IToken[];
  recordType: RecordTypeCstNode[];
};

export interface TypeReferenceCstNode extends CstNode {
  name: "typeReference";
  children: TypeReferenceCstChildren;
}

export type TypeReferenceCstChildren = {
  recordType?: RecordTypeCstNode[];
  Word?: IToken[];
  Less?: IToken[];
  typeReference?: (TypeReferenceCstNode)[];
  Comma?: IToken[];
  Greater?: IToken[];
  range?: RangeCstNode[];
  In?: IToken[];
  Seconds?: IToken[];
};

export interface RangeCstNode extends CstNode {
  name: "range";
  children: RangeCstChildren;
}

export type RangeCstChildren = {
  LParen: IToken[];
  min?: BoundCstNode[];
  DotDot: IToken[];
  max?: BoundCstNode[];
  RParen: IToken[];
};

export interface BoundCstNode extends CstNode {
  name: "bound";
  children: BoundCstChildren;
}

export type BoundCstChildren = {
  Minus?: IToken[];
  Literal: IToken[];
};

export interface RecordTypeCstNode extends CstNode {
  name: "recordType";
  children: RecordTypeCstChildren;
}

export type RecordTypeCstChildren = {
  LBrace: IToken[];
  member?: MemberCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface MemberCstNode extends CstNode {
  name: "member";
  children: MemberCstChildren;
}

export type MemberCstChildren = {
  properties?: IToken[];
  Dot?: IToken[];
  nameOrText: NameOrTextCstNode[];
  Question?: IToken[];
  Colon: IToken[];
  Secret?: IToken[];
  typeReference: TypeReferenceCstNode[];
  Fresh?: IToken[];
  fresh?: ExpressionCstNode[];
  Equals?: IToken[];
  default?: ExpressionCstNode[];
};

export interface FunctionDeclarationCstNode extends CstNode {
  name: "functionDeclaration";
  children: FunctionDeclarationCstChildren;
}

export type FunctionDeclarationCstChildren = {
  Predicate?: IToken[];
  Word?: (IToken)[];
  parameters?: (ParametersCstNode)[];
  Function?: IToken[];
  Colon?: IToken[];
  typeReference?: TypeReferenceCstNode[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface ParametersCstNode extends CstNode {
  name: "parameters";
  children: ParametersCstChildren;
}

export type ParametersCstChildren = {
  LParen: IToken[];
  parameter?: ParameterCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  Word: IToken[];
  Colon: IToken[];
  typeReference: TypeReferenceCstNode[];
};

export interface GroupCstNode extends CstNode {
  name: "group";
  children: GroupCstChildren;
}

export type GroupCstChildren = {
  For: IToken[];
  subjects: NameListCstNode[];
  Doing?: IToken[];
  actions?: ScopeListCstNode[];
  On?: IToken[];
  resources?: ScopeListCstNode[];
  When?: IToken[];
  expression?: ExpressionCstNode[];
  block: BlockCstNode[];
};

export interface BlockCstNode extends CstNode {
  name: "block";
  children: BlockCstChildren;
}

export type BlockCstChildren = {
  blockStart: BlockStartCstNode[];
  blockItem?: BlockItemCstNode[];
  RBrace: IToken[];
};

export interface BlockStartCstNode extends CstNode {
  name: "blockStart";
  children: BlockStartCstChildren;
}

export type BlockStartCstChildren = {
  LBrace: IToken[];
};

export interface BlockItemCstNode extends CstNode {
  name: "blockItem";
  children: BlockItemCstChildren;
}

export type BlockItemCstChildren = {
  rule?: RuleCstNode[];
  letItem?: LetItemCstNode[];
  given?: GivenCstNode[];
  score?: ScoreCstNode[];
};

export interface LetItemCstNode extends CstNode {
  name: "letItem";
  children: LetItemCstChildren;
}

export type LetItemCstChildren = {
  Let: IToken[];
  binding: BindingCstNode[];
};

export interface BindingCstNode extends CstNode {
  name: "binding";
  children: BindingCstChildren;
}

export type BindingCstChildren = {
  Word: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface GivenCstNode extends CstNode {
  name: "given";
  children: GivenCstChildren;
}

export type GivenCstChildren = {
  Given: IToken[];
  Word: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
  block: BlockCstNode[];
  Otherwise?: IToken[];
  Ignore?: IToken[];
  otherwise?: BlockCstNode[];
};

export interface ScoreCstNode extends CstNode {
  name: "score";
  children: ScoreCstChildren;
}

export type ScoreCstChildren = {
  Score: IToken[];
  Word: IToken[];
  LBrace: IToken[];
  scoreCondition?: ScoreConditionCstNode[];
  band?: BandCstNode[];
  RBrace: IToken[];
};

export interface ScoreConditionCstNode extends CstNode {
  name: "scoreCondition";
  children: ScoreConditionCstChildren;
}

export type ScoreConditionCstChildren = {
  Word: IToken[];
  Counts: IToken[];
  Int: IToken[];
  When: IToken[];
  expression: ExpressionCstNode[];
  becauseClause?: BecauseClauseCstNode[];
  coversClause?: CoversClauseCstNode[];
};

export interface BandCstNode extends CstNode {
  name: "band";
  children: BandCstChildren;
}

export type BandCstChildren = {
  From: IToken[];
  Int: IToken[];
  EffectWord: IToken[];
  toClause?: ToClauseCstNode[];
  unlessClause?: UnlessClauseCstNode[];
};

export interface RuleCstNode extends CstNode {
  name: "rule";
  children: RuleCstChildren;
}

export type RuleCstChildren = {
  EffectWord: IToken[];
  Word: IToken[];
  When?: IToken[];
  expression?: ExpressionCstNode[];
  Otherwise?: IToken[];
  Comma?: IToken[];
  If?: IToken[];
  Unknown?: IToken[];
  Skip?: IToken[];
  toClause?: ToClauseCstNode[];
  unlessClause?: UnlessClauseCstNode[];
  withClause?: WithClauseCstNode[];
  becauseClause?: BecauseClauseCstNode[];
  coversClause?: CoversClauseCstNode[];
  whereClause?: WhereClauseCstNode[];
};

export interface WhereClauseCstNode extends CstNode {
  name: "whereClause";
  children: WhereClauseCstChildren;
}

export type WhereClauseCstChildren = {
  Where: IToken[];
  binding: (BindingCstNode)[];
  Comma?: IToken[];
};

export interface ToClauseCstNode extends CstNode {
  name: "toClause";
  children: ToClauseCstChildren;
}

export type ToClauseCstChildren = {
  To: IToken[];
  settings: SettingsCstNode[];
};

export interface WithClauseCstNode extends CstNode {
  name: "withClause";
  children: WithClauseCstChildren;
}

export type WithClauseCstChildren = {
  With: IToken[];
  demand: (DemandCstNode)[];
  Comma?: IToken[];
};

export interface DemandCstNode extends CstNode {
  name: "demand";
  children: DemandCstChildren;
}

export type DemandCstChildren = {
  Word: IToken[];
  settings?: SettingsCstNode[];
};

export interface UnlessClauseCstNode extends CstNode {
  name: "unlessClause";
  children: UnlessClauseCstChildren;
}

export type UnlessClauseCstChildren = {
  Or: IToken[];
  Deny: IToken[];
  Unless: IToken[];
  expression: ExpressionCstNode[];
};

export interface BecauseClauseCstNode extends CstNode {
  name: "becauseClause";
  children: BecauseClauseCstChildren;
}

export type BecauseClauseCstChildren = {
  Because: IToken[];
  Text: IToken[];
};

export interface CoversClauseCstNode extends CstNode {
  name: "coversClause";
  children: CoversClauseCstChildren;
}

export type CoversClauseCstChildren = {
  Covers: IToken[];
  controlId: (ControlIdCstNode)[];
  Comma?: IToken[];
};

export interface ControlIdCstNode extends CstNode {
  name: "controlId";
  children: ControlIdCstChildren;
}

export type ControlIdCstChildren = {
  controlIdPart: (ControlIdPartCstNode)[];
  Dot?: IToken[];
  Colon?: IToken[];
  Minus?: IToken[];
  Slash?: IToken[];
};

export interface ControlIdPartCstNode extends CstNode {
  name: "controlIdPart";
  children: ControlIdPartCstChildren;
}

export type ControlIdPartCstChildren = {
  Word?: IToken[];
  Literal?: IToken[];
};

export interface TestDeclarationCstNode extends CstNode {
  name: "testDeclaration";
  children: TestDeclarationCstChildren;
}

export type TestDeclarationCstChildren = {
  Test: IToken[];
  name: IToken[];
  LBrace: IToken[];
  Request?: IToken[];
  Session?: IToken[];
  requestSource: RequestSourceCstNode[];
  stepStart: StepStartCstNode[];
  testSteps: TestStepsCstNode[];
  RBrace: IToken[];
};

export interface FixtureDeclarationCstNode extends CstNode {
  name: "fixtureDeclaration";
  children: FixtureDeclarationCstChildren;
}

export type FixtureDeclarationCstChildren = {
  Fixture: IToken[];
  Word: IToken[];
  requestSource: RequestSourceCstNode[];
  changes?: ChangesCstNode[];
};

export interface RequestSourceCstNode extends CstNode {
  name: "requestSource";
  children: RequestSourceCstChildren;
}

export type RequestSourceCstChildren = {
  From?: IToken[];
  path?: IToken[];
  fixture?: IToken[];
  jsonObject?: JsonObjectCstNode[];
};

export interface TestStepsCstNode extends CstNode {
  name: "testSteps";
  children: TestStepsCstChildren;
}

export type TestStepsCstChildren = {
  each?: EachCstNode[];
  expectation?: ExpectationCstNode[];
  Then?: IToken[];
  step?: StepCstNode[];
};

export interface StepCstNode extends CstNode {
  name: "step";
  children: StepCstChildren;
}

export type StepCstChildren = {
  stepStart: StepStartCstNode[];
  expectation: ExpectationCstNode[];
};

export interface StepStartCstNode extends CstNode {
  name: "stepStart";
  children: StepStartCstChildren;
}

export type StepStartCstChildren = {
  At?: IToken[];
  at?: IToken[];
  After?: IToken[];
  after?: IToken[];
  In?: IToken[];
  Session?: IToken[];
  session?: IToken[];
  grant?: GrantCstNode[];
  stepSignal?: StepSignalCstNode[];
  asking?: (AskingCstNode)[];
  changes?: ChangesCstNode[];
};

export interface AskingCstNode extends CstNode {
  name: "asking";
  children: AskingCstChildren;
}

export type AskingCstChildren = {
  Ask: IToken[];
  times?: IToken[];
  Times?: IToken[];
};

export interface ExpectationCstNode extends CstNode {
  name: "expectation";
  children: ExpectationCstChildren;
}

export type ExpectationCstChildren = {
  Expect: IToken[];
  outcome: OutcomeCstNode[];
};

export interface OutcomeCstNode extends CstNode {
  name: "outcome";
  children: OutcomeCstChildren;
}

export type OutcomeCstChildren = {
  ExpectedWord: IToken[];
  Because?: IToken[];
  reason?: (IToken)[];
  Comma?: IToken[];
  With?: IToken[];
  settings?: SettingsCstNode[];
  withClause?: WithClauseCstNode[];
  lowerClause?: LowerClauseCstNode[];
  Until?: IToken[];
  until?: IToken[];
};

export interface LowerClauseCstNode extends CstNode {
  name: "lowerClause";
  children: LowerClauseCstChildren;
}

export type LowerClauseCstChildren = {
  Or: IToken[];
  Lower: IToken[];
  LBrace: IToken[];
  change?: ChangeCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface EachCstNode extends CstNode {
  name: "each";
  children: EachCstChildren;
}

export type EachCstChildren = {
  Each: IToken[];
  column: (ChangedPathCstNode)[];
  Comma?: IToken[];
  LBrace: IToken[];
  row?: RowCstNode[];
  RBrace: IToken[];
};

export interface RowCstNode extends CstNode {
  name: "row";
  children: RowCstChildren;
}

export type RowCstChildren = {
  cell: (JsonCstNode)[];
  Comma?: IToken[];
  Expect: IToken[];
  outcome: OutcomeCstNode[];
};

export interface GrantCstNode extends CstNode {
  name: "grant";
  children: GrantCstChildren;
}

export type GrantCstChildren = {
  Granted: IToken[];
  ForAsLong: IToken[];
  lasts: IToken[];
  By?: IToken[];
  approver?: IToken[];
};

export interface StepSignalCstNode extends CstNode {
  name: "stepSignal";
  children: StepSignalCstChildren;
}

export type StepSignalCstChildren = {
  Signal?: IToken[];
  Outcome?: IToken[];
  name: IToken[];
  At?: IToken[];
  at?: IToken[];
  jsonObject?: JsonObjectCstNode[];
};

export interface InvariantDeclarationCstNode extends CstNode {
  name: "invariantDeclaration";
  children: InvariantDeclarationCstChildren;
}

export type InvariantDeclarationCstChildren = {
  Invariant: IToken[];
  Text: IToken[];
  For: IToken[];
  subjects: NameListCstNode[];
  Doing?: IToken[];
  actions?: ScopeListCstNode[];
  On?: IToken[];
  resources?: ScopeListCstNode[];
  expression: ExpressionCstNode[];
};

export interface ChangesCstNode extends CstNode {
  name: "changes";
  children: ChangesCstChildren;
}

export type ChangesCstChildren = {
  With: IToken[];
  LBrace: IToken[];
  change?: ChangeCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface ChangeCstNode extends CstNode {
  name: "change";
  children: ChangeCstChildren;
}

export type ChangeCstChildren = {
  changedPath: ChangedPathCstNode[];
  Equals: IToken[];
  json: JsonCstNode[];
};

export interface ChangedPathCstNode extends CstNode {
  name: "changedPath";
  children: ChangedPathCstChildren;
}

export type ChangedPathCstChildren = {
  Word: IToken[];
  Dot?: IToken[];
  nameOrText?: NameOrTextCstNode[];
};

export interface JsonCstNode extends CstNode {
  name: "json";
  children: JsonCstChildren;
}

export type JsonCstChildren = {
  jsonObject?: JsonObjectCstNode[];
  jsonArray?: JsonArrayCstNode[];
  Word?: IToken[];
  Minus?: IToken[];
  Literal?: IToken[];
};

export interface JsonObjectCstNode extends CstNode {
  name: "jsonObject";
  children: JsonObjectCstChildren;
}

export type JsonObjectCstChildren = {
  LBrace: IToken[];
  jsonMember?: JsonMemberCstNode[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface JsonMemberCstNode extends CstNode {
  name: "jsonMember";
  children: JsonMemberCstChildren;
}

export type JsonMemberCstChildren = {
  nameOrText: NameOrTextCstNode[];
  Colon: IToken[];
  json: JsonCstNode[];
};

export interface JsonArrayCstNode extends CstNode {
  name: "jsonArray";
  children: JsonArrayCstChildren;
}

export type JsonArrayCstChildren = {
  LBracket: IToken[];
  json?: JsonCstNode[];
  Comma?: IToken[];
  RBracket: IToken[];
};

export interface WindowDeclarationCstNode extends CstNode {
  name: "windowDeclaration";
  children: WindowDeclarationCstChildren;
}

export type WindowDeclarationCstChildren = {
  Window: IToken[];
  Word: IToken[];
  Equals: IToken[];
  seasons?: (SeasonsCstNode)[];
  windowPart?: (WindowPartCstNode)[];
  Comma?: (IToken)[];
  In: IToken[];
  Text: IToken[];
  Except?: IToken[];
  dateRange?: (DateRangeCstNode)[];
};

export interface WindowPartCstNode extends CstNode {
  name: "windowPart";
  children: WindowPartCstChildren;
}

export type WindowPartCstChildren = {
  days?: (DaysCstNode)[];
  Comma?: (IToken)[];
  timeRange: (TimeRangeCstNode)[];
};

export interface DaysCstNode extends CstNode {
  name: "days";
  children: DaysCstChildren;
}

export type DaysCstChildren = {
  nth?: (IToken)[];
  FreeWord: (IToken)[];
  DotDot?: IToken[];
};

export interface TimeRangeCstNode extends CstNode {
  name: "timeRange";
  children: TimeRangeCstChildren;
}

export type TimeRangeCstChildren = {
  TimeOfDay: (IToken)[];
  DotDot: IToken[];
};

export interface SeasonsCstNode extends CstNode {
  name: "seasons";
  children: SeasonsCstChildren;
}

export type SeasonsCstChildren = {
  During: IToken[];
  season: (SeasonCstNode)[];
  Comma?: IToken[];
};

export interface SeasonCstNode extends CstNode {
  name: "season";
  children: SeasonCstChildren;
}

export type SeasonCstChildren = {
  yearDay: (YearDayCstNode)[];
  DotDot?: IToken[];
  To?: IToken[];
};

export interface YearDayCstNode extends CstNode {
  name: "yearDay";
  children: YearDayCstChildren;
}

export type YearDayCstChildren = {
  Int?: (IToken)[];
  BadNumber?: IToken[];
  FreeWord?: (IToken)[];
};

export interface DateRangeCstNode extends CstNode {
  name: "dateRange";
  children: DateRangeCstChildren;
}

export type DateRangeCstChildren = {
  Timestamp: (IToken)[];
  DotDot?: IToken[];
};

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  item?: ItemCstNode[];
};

export interface ItemCstNode extends CstNode {
  name: "item";
  children: ItemCstChildren;
}

export type ItemCstChildren = {
  policyDeclaration?: PolicyDeclarationCstNode[];
  useDeclaration?: UseDeclarationCstNode[];
  enumDeclaration?: EnumDeclarationCstNode[];
  recordDeclaration?: RecordDeclarationCstNode[];
  constDeclaration?: ConstDeclarationCstNode[];
  functionDeclaration?: FunctionDeclarationCstNode[];
  letItem?: LetItemCstNode[];
  schemaDeclaration?: SchemaDeclarationCstNode[];
  contextDeclaration?: ContextDeclarationCstNode[];
  signalsDeclaration?: SignalsDeclarationCstNode[];
  nameSetDeclaration?: NameSetDeclarationCstNode[];
  tableDeclaration?: TableDeclarationCstNode[];
  externalTableDeclaration?: ExternalTableDeclarationCstNode[];
  constraintDeclaration?: ConstraintDeclarationCstNode[];
  windowDeclaration?: WindowDeclarationCstNode[];
  obligationDeclaration?: ObligationDeclarationCstNode[];
  group?: GroupCstNode[];
  invariantDeclaration?: InvariantDeclarationCstNode[];
  fixtureDeclaration?: FixtureDeclarationCstNode[];
  testDeclaration?: TestDeclarationCstNode[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  nameOrText(children: NameOrTextCstChildren, param?: IN): OUT;
  nameList(children: NameListCstChildren, param?: IN): OUT;
  scopeName(children: ScopeNameCstChildren, param?: IN): OUT;
  scopeList(children: ScopeListCstChildren, param?: IN): OUT;
  expression(children: ExpressionCstChildren, param?: IN): OUT;
  presence(children: PresenceCstChildren, param?: IN): OUT;
  match(children: MatchCstChildren, param?: IN): OUT;
  operator(children: OperatorCstChildren, param?: IN): OUT;
  term(children: TermCstChildren, param?: IN): OUT;
  suffix(children: SuffixCstChildren, param?: IN): OUT;
  values(children: ValuesCstChildren, param?: IN): OUT;
  operand(children: OperandCstChildren, param?: IN): OUT;
  aggregate(children: AggregateCstChildren, param?: IN): OUT;
  history(children: HistoryCstChildren, param?: IN): OUT;
  period(children: PeriodCstChildren, param?: IN): OUT;
  eventPattern(children: EventPatternCstChildren, param?: IN): OUT;
  setLiteral(children: SetLiteralCstChildren, param?: IN): OUT;
  policyDeclaration(children: PolicyDeclarationCstChildren, param?: IN): OUT;
  useDeclaration(children: UseDeclarationCstChildren, param?: IN): OUT;
  usedNames(children: UsedNamesCstChildren, param?: IN): OUT;
  enumDeclaration(children: EnumDeclarationCstChildren, param?: IN): OUT;
  nameSetDeclaration(children: NameSetDeclarationCstChildren, param?: IN): OUT;
  recordDeclaration(children: RecordDeclarationCstChildren, param?: IN): OUT;
  constDeclaration(children: ConstDeclarationCstChildren, param?: IN): OUT;
  schemaDeclaration(children: SchemaDeclarationCstChildren, param?: IN): OUT;
  contextDeclaration(children: ContextDeclarationCstChildren, param?: IN): OUT;
  contextScope(children: ContextScopeCstChildren, param?: IN): OUT;
  signalsDeclaration(children: SignalsDeclarationCstChildren, param?: IN): OUT;
  tableDeclaration(children: TableDeclarationCstChildren, param?: IN): OUT;
  externalTableDeclaration(children: ExternalTableDeclarationCstChildren, param?: IN): OUT;
  tableSignature(children: TableSignatureCstChildren, param?: IN): OUT;
  tableContents(children: TableContentsCstChildren, param?: IN): OUT;
  tableEntry(children: TableEntryCstChildren, param?: IN): OUT;
  settings(children: SettingsCstChildren, param?: IN): OUT;
  setting(children: SettingCstChildren, param?: IN): OUT;
  constraintDeclaration(children: ConstraintDeclarationCstChildren, param?: IN): OUT;
  obligationDeclaration(children: ObligationDeclarationCstChildren, param?: IN): OUT;
  typeReference(children: TypeReferenceCstChildren, param?: IN): OUT;
  range(children: RangeCstChildren, param?: IN): OUT;
  bound(children: BoundCstChildren, param?: IN): OUT;
  recordType(children: RecordTypeCstChildren, param?: IN): OUT;
  member(children: MemberCstChildren, param?: IN): OUT;
  functionDeclaration(children: FunctionDeclarationCstChildren, param?: IN): OUT;
  parameters(children: ParametersCstChildren, param?: IN): OUT;
  parameter(children: ParameterCstChildren, param?: IN): OUT;
  group(children: GroupCstChildren, param?: IN): OUT;
  block(children: BlockCstChildren, param?: IN): OUT;
  blockStart(children: BlockStartCstChildren, param?: IN): OUT;
  blockItem(children: BlockItemCstChildren, param?: IN): OUT;
  letItem(children: LetItemCstChildren, param?: IN): OUT;
  binding(children: BindingCstChildren, param?: IN): OUT;
  given(children: GivenCstChildren, param?: IN): OUT;
  score(children: ScoreCstChildren, param?: IN): OUT;
  scoreCondition(children: ScoreConditionCstChildren, param?: IN): OUT;
  band(children: BandCstChildren, param?: IN): OUT;
  rule(children: RuleCstChildren, param?: IN): OUT;
  whereClause(children: WhereClauseCstChildren, param?: IN): OUT;
  toClause(children: ToClauseCstChildren, param?: IN): OUT;
  withClause(children: WithClauseCstChildren, param?: IN): OUT;
  demand(children: DemandCstChildren, param?: IN): OUT;
  unlessClause(children: UnlessClauseCstChildren, param?: IN): OUT;
  becauseClause(children: BecauseClauseCstChildren, param?: IN): OUT;
  coversClause(children: CoversClauseCstChildren, param?: IN): OUT;
  controlId(children: ControlIdCstChildren, param?: IN): OUT;
  controlIdPart(children: ControlIdPartCstChildren, param?: IN): OUT;
  testDeclaration(children: TestDeclarationCstChildren, param?: IN): OUT;
  fixtureDeclaration(children: FixtureDeclarationCstChildren, param?: IN): OUT;
  requestSource(children: RequestSourceCstChildren, param?: IN): OUT;
  testSteps(children: TestStepsCstChildren, param?: IN): OUT;
  step(children: StepCstChildren, param?: IN): OUT;
  stepStart(children: StepStartCstChildren, param?: IN): OUT;
  asking(children: AskingCstChildren, param?: IN): OUT;
  expectation(children: ExpectationCstChildren, param?: IN): OUT;
  outcome(children: OutcomeCstChildren, param?: IN): OUT;
  lowerClause(children: LowerClauseCstChildren, param?: IN): OUT;
  each(children: EachCstChildren, param?: IN): OUT;
  row(children: RowCstChildren, param?: IN): OUT;
  grant(children: GrantCstChildren, param?: IN): OUT;
  stepSignal(children: StepSignalCstChildren, param?: IN): OUT;
  invariantDeclaration(children: InvariantDeclarationCstChildren, param?: IN): OUT;
  changes(children: ChangesCstChildren, param?: IN): OUT;
  change(children: ChangeCstChildren, param?: IN): OUT;
  changedPath(children: ChangedPathCstChildren, param?: IN): OUT;
  json(children: JsonCstChildren, param?: IN): OUT;
  jsonObject(children: JsonObjectCstChildren, param?: IN): OUT;
  jsonMember(children: JsonMemberCstChildren, param?: IN): OUT;
  jsonArray(children: JsonArrayCstChildren, param?: IN): OUT;
  windowDeclaration(children: WindowDeclarationCstChildren, param?: IN): OUT;
  windowPart(children: WindowPartCstChildren, param?: IN): OUT;
  days(children: DaysCstChildren, param?: IN): OUT;
  timeRange(children: TimeRangeCstChildren, param?: IN): OUT;
  seasons(children: SeasonsCstChildren, param?: IN): OUT;
  season(children: SeasonCstChildren, param?: IN): OUT;
  yearDay(children: YearDayCstChildren, param?: IN): OUT;
  dateRange(children: DateRangeCstChildren, param?: IN): OUT;
  file(children: FileCstChildren, param?: IN): OUT;
  item(children: ItemCstChildren, param?: IN): OUT;
}
