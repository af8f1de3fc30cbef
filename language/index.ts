// The exports of the language: parse, check, evaluate, and the types of their results.

export { type Checked, check } from './check.ts';
export { differenceFits, intervalOf, mayFail } from './checker/intervals.ts';
export { type Loading, type ParsedFiles, wantedBy } from './checker/load.ts';
export { type ClockUse, clockUse } from './checker/time.ts';
export {
  type Diagnostic,
  diagnosticLimit,
  hasErrors,
  Reporter,
  type Severity,
} from './diagnostics/diagnostics.ts';
export { applyFixes, type Edit, type Fix, replacing } from './diagnostics/fix.ts';
export { type Code, messages } from './diagnostics/messages/index.ts';
export {
  type Answer,
  allDemands,
} from './evaluator/answer.ts';
export { could, couldFacts, type Possibility, possibilityIn } from './evaluator/could.ts';
export {
  type Clock,
  type Contribution,
  evaluate,
  evaluateDecoded,
  type JudgedInvariant,
  judgeDecoded,
  judgeInvariants,
  judgeInvariantsIn,
  readsHistory,
  type Trace,
} from './evaluator/evaluate.ts';
export { patternIdentity } from './evaluator/history/identity.ts';
export { partsOf, sharedEventsFor } from './evaluator/history/parts.ts';
export {
  type Answered,
  couldIn,
  decideIn,
  errorInFacts,
  grantIn,
  noSharedHistory,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  type Session,
  type SessionEvent,
  type SharedHistory,
  type Signal,
  type SignalError,
  withSharedHistory,
} from './evaluator/session.ts';
export {
  type Explanation,
  explain,
  explainCould,
  explainCouldIn,
  explainSession,
} from './explain/explain.ts';
export { affirmativeOf, countsList, type Role, roleOf } from './model/builtins.ts';
export { type Comparable, isComparable } from './model/comparable.ts';
export { type ContextCase, contextOf, contextsWithin, type ScopeNames } from './model/contexts.ts';
export { hasFixedPath, isEntry, keysOf } from './model/entries.ts';
export { type Interpolation, isInterpolation, isShownValue } from './model/interpolation.ts';
export type * from './model/model.ts';
export { expectsPossibility } from './model/model.ts';
export { everyExpr, operandsOf, patternsOf } from './model/operands.ts';
export { type Place, placeOf } from './model/place.ts';
export {
  exprsOfRule,
  exprsOfScore,
  historyIn,
  mayConflict,
  mayDeny,
  mayDowngrade,
  pathOf,
  readsOf,
  readsOfRule,
  readsOfScore,
  readsZones,
  scopeSelectors,
} from './model/reads.ts';
export { isOwnName } from './model/selectors.ts';
export { possibilityOf } from './possibility/possibility.ts';
export { declaresApprovals } from './request/approvals.ts';
export { decode, memberPath } from './request/decode.ts';
export type { RequestError } from './request/errors.ts';
export { expectation } from './request/expectation.ts';
export type { Decoded } from './request/facts.ts';
export { defaultMask, type Mask, maskWith } from './secrets/mask.ts';
export { maskSecrets } from './secrets/mask-request.ts';
export { type Measure, unmeasured } from './support/measure.ts';
export { type Position, positionAt, type SourceMap, type Span } from './support/source.ts';
export { parse } from './syntax/parse.ts';
export { externalTables, type Filled, fillTable } from './tables/fill.ts';
export {
  isError as isTableError,
  readTable,
  reportTableError,
} from './tables/read-table.ts';
export type { TableError } from './tables/rows.ts';
export { addressBytes } from './types/addresses.ts';
export type { AggregateForm } from './types/aggregates.ts';
export { isBytes } from './types/builtins/builtin.ts';
export type { BuiltinName } from './types/builtins/names.ts';
export { flipped } from './types/comparisons.ts';
export type { ByteAutomaton } from './types/patterns/byte-automaton.ts';
export { isPattern, makePattern, type Pattern } from './types/patterns/pattern.ts';
export type { PatternLanguage, PatternSource } from './types/patterns/pattern-source.ts';
export type { SegmentAffixes, SegmentGlob } from './types/patterns/segment-glob.ts';
export { int64Range, isWithin, type Range } from './types/ranges.ts';
export { isShareable } from './types/shared-members.ts';
export { dayLength, isLastOf, ordinalOf, weekdayOf, yearOf } from './types/time/calendar.ts';
export { type HistoryWindow, lengthOf } from './types/time/history-window.ts';
export {
  changesIn,
  type DayRange,
  rangesOn,
  type TimeRange,
  type Window,
} from './types/time/window.ts';
export { isFixed, type Zone, zoneRelease } from './types/time/zones.ts';
export {
  type CollectionType,
  type EnumType,
  isCollection,
  isEquatable,
  isOrdered,
  type ListType,
  type MapType,
  type Member,
  type RecordType,
  type ScalarType,
  type SetType,
  sameMember,
  sameType,
  showRange,
  type Type,
  typeName,
  type Value,
} from './types/types.ts';
export { exactNumber, toJson } from './types/values.ts';
export { isVocabulary, shownPath, sourceText } from './vocabulary/vocabulary.ts';
