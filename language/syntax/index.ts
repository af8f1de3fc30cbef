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
} from './ast.ts';
export { historyWords } from './history-forms.ts';
export { parse } from './parse.ts';
export { printChange, printExpr } from './print/print.ts';
export { quote, spellDecimal, spellName } from './print/spelling.ts';
export {
  Address,
  commentsIn,
  Decimal,
  Duration,
  EffectWord,
  Int,
  isKeyword,
  Name,
  Pattern,
  reservedWords,
  Text,
  TimeOfDay,
  Timestamp,
  type Tokens,
  tokenize,
} from './tokens.ts';
export { childrenOf, visit } from './visit.ts';
