// The exports of the model: what a checked policy consists of, and what can be read from it.

export { findAssumption } from './assumption.ts';
export { countsList, findAffirmative, findRole } from './builtins.ts';
export { isComparable } from './comparable.ts';
export { findContextType, listContextCases } from './contexts.ts';
export { isEntry } from './entries.ts';
export { type Interpolation, isInterpolation, isShownValue } from './interpolation.ts';
export {
  type AggregateExpr,
  type ApplyExpr,
  type Band,
  type Binding,
  type CalendarExpr,
  type CompareExpr,
  type Constraint,
  type CountTerm,
  type DecisionEvents,
  type Demand,
  type EntryStep,
  type EventKey,
  type EventPattern,
  type Expr,
  expectsPossibility,
  type HistoryExpr,
  type HistoryTerm,
  type IfExpr,
  type Invariant,
  type InWindowExpr,
  type JunctionExpr,
  type LastTerm,
  type LookupExpr,
  type MessagePart,
  type Narrowing,
  type OnceTerm,
  type Policy,
  type PolicyTest,
  type QuantifierExpr,
  type ReadExpr,
  type Root,
  type Rule,
  type Scope,
  type Score,
  type ScoreCondition,
  type Selector,
  type Setting,
  type SignalEvents,
  type SinceTerm,
  type SumTerm,
  type Table,
  type TableRow,
  type TestChange,
  type TestGrant,
  type TestSignal,
  type TestStep,
  type Variable,
} from './model.ts';
export {
  everyExpr,
  findTermParts,
  isOverElements,
  listOperands,
  listTermPatterns,
  splitCollections,
} from './operands.ts';
export { findSourcePlace, textOnLine } from './place.ts';
export {
  collectHistoryTerms,
  collectPolicyHistory,
  collectReads,
  collectRuleReads,
  collectScoreReads,
  exprsOfRule,
  exprsOfScore,
  mayConflict,
  mayDeny,
  mayDowngrade,
  readsZones,
  scopeSelectors,
  sharesHistory,
  spellMemberPath,
  spellPath,
} from './reads.ts';
export { isOwnName } from './selectors.ts';
