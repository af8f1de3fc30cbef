// The exports of the syntax: tokens, the tree of a policy, and printing.

export type {
  AstNode,
  BinaryNode,
  BinaryOperator,
  ChangeNode,
  ConstNode,
  DaysNode,
  DecimalNode,
  DurationNode,
  EnumNode,
  EventWord,
  ExprNode,
  FileNode,
  GivenNode,
  GrantNode,
  GroupItemNode,
  GroupNode,
  IntNode,
  ItemNode,
  MergeRule,
  NameNode,
  RowNode,
  RuleNode,
  ScopeNameNode,
  ScoreConditionNode,
  ScoreNode,
  SettingNode,
  StepNode,
  StringNode,
  TestNode,
  YearDayNode,
} from './ast.ts';
export { historyFormNames } from './history-forms.ts';
export { parse } from './parse.ts';
export { printChangeText, printExprText } from './print/print.ts';
export { quote, spellDecimal, spellName } from './print/spelling.ts';
export {
  AddressToken,
  DecimalToken,
  DurationToken,
  EffectWordToken,
  IntToken,
  isKeyword,
  listComments,
  NameToken,
  PatternToken,
  reservedWords,
  TextToken,
  TimeOfDayToken,
  TimestampToken,
  type Tokens,
  tokenize,
} from './tokens.ts';
export { listChildren, visit } from './visit.ts';
