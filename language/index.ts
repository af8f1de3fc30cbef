// The doors of the language: parse, check, evaluate, and the words for what they find.

export { addressBytes } from './addresses.ts';
export {
  type Answer,
  type AnswerAccessRequest,
  type AnswerObligation,
  allAsked,
  effects,
  type ReasonDetail,
} from './answer.ts';
export { isBytes } from './builtins/builtin.ts';
export { type Checked, check } from './check.ts';
export { differenceFits, intervalOf, mayFail } from './checker/intervals.ts';
export { type ClockUse, clockUse } from './checker/time.ts';
export { flipped } from './comparisons.ts';
export {
  type Diagnostic,
  diagnosticLimit,
  hasErrors,
  Reporter,
  type Severity,
} from './diagnostics.ts';
export {
  type Clock,
  evaluate,
  type Half,
  type JudgedInvariant,
  judgeInvariants,
  type Trace,
} from './evaluate.ts';
export { type Explanation, explain, explainSession } from './explain.ts';
export { applyFixes, type Edit, type Fix, replacing } from './fix.ts';
export { patternIdentity } from './history/identity.ts';
export { type Interpolation, isInterpolation, isShownValue } from './interpolation.ts';
export { type Loading, type ParsedFiles, wantedBy } from './load.ts';
export { type Measure, unmeasured } from './measure.ts';
export { type Code, messages } from './messages.ts';
export type * from './model.ts';
export { everyExpr, operandsOf, patternsOf } from './operands.ts';
export { isOwnName } from './own-names.ts';
export { parse } from './parse.ts';
export type { ByteAutomaton } from './patterns/byte-automaton.ts';
export {
  isPattern,
  makePattern,
  type Pattern,
  type PatternLanguage,
  type PatternSource,
} from './patterns/pattern.ts';
export { type Place, placeOf, placesIn } from './place.ts';
export { isWithin, type Range, widest } from './ranges.ts';
export {
  choosers,
  historyIn,
  mayConflict,
  mayDeny,
  mayFall,
  pathOf,
  readsOf,
  readsOfRule,
  readsOfScore,
  readsZones,
} from './reads.ts';
export { takesApprovals } from './request/approvals.ts';
export { memberPath } from './request/decode.ts';
export {
  type ErrorName,
  errorTable,
  foundNames,
  limits,
  type RequestError,
} from './request/errors.ts';
export { expectation } from './request/expectation.ts';
export {
  type Answered,
  decideIn,
  errorInFacts,
  grantIn,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  type Session,
  type SessionEvent,
  type Signal,
  type SignalError,
} from './session.ts';
export { type Position, positionAt, type SourceMap, type Span } from './source.ts';
export { externalTables, type Filled, fillTable } from './tables/fill.ts';
export { isError as isTableError, readTable, tellTableError } from './tables/read-table.ts';
export type { TableError } from './tables/rows.ts';
export { dayLength, isLastOf, ordinalOf, weekdayOf, yearOf } from './time/calendar.ts';
export {
  changesIn,
  type DayRange,
  rangesOn,
  type TimeRange,
  type Window,
} from './time/window.ts';
export { isFixed, type Zone, zoneRelease } from './time/zones.ts';
export {
  type EnumType,
  isEquatable,
  isOrdered,
  type ListType,
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
} from './types.ts';
export { exactNumber, type JsonValue, toJson } from './values.ts';
export { isVocabulary, shownPath, sourceText } from './vocabulary.ts';
