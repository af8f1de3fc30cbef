// The exports of the model: what a checked policy consists of, and what can be read from it.

export { assumptionOf } from './assumption.ts';
export { affirmativeOf, countsList, roleOf } from './builtins.ts';
export { type Comparable, isComparable } from './comparable.ts';
export { contextOf, contextsWithin } from './contexts.ts';
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
export { everyExpr, findTermParts, isOverElements, operandsOf, patternsOf } from './operands.ts';
export { placeOf, textOnLine } from './place.ts';
export {
  exprsOfRule,
  exprsOfScore,
  historyIn,
  historyOf,
  mayConflict,
  mayDeny,
  mayDowngrade,
  memberOf,
  pathOf,
  readsOf,
  readsOfRule,
  readsOfScore,
  readsZones,
  scopeSelectors,
  sharesHistory,
} from './reads.ts';
export { isOwnName } from './selectors.ts';
