// The exports of the types and values: builtins, ranges, patterns, addresses and time.

export {
  containsAddress,
  correctNetwork,
  encodeAddress,
  readCidr,
  readIp,
  readIpVersion,
} from './addresses.ts';
export type { AggregateForm } from './aggregates.ts';
export { builtins, functionNames, isFunction } from './builtins/index.ts';
export type { BuiltinName } from './builtins/names.ts';
export { isSpiffeId } from './builtins/spiffe.ts';
export { type Comparison, flippedComparisons, negatedComparisons } from './comparisons.ts';
export { isNormalPath } from './paths.ts';
export type { ByteAutomaton } from './patterns/automata/byte-automaton.ts';
export type { SegmentAffixes, SegmentGlob } from './patterns/globs/segment-glob.ts';
export { isPattern, makePattern, Pattern } from './patterns/pattern.ts';
export { int64Range, type Range } from './ranges.ts';
export { isBytes, isQuoted, scalarKinds } from './scalars.ts';
export { isShareable } from './shared-members.ts';
export { getTextForm } from './string-forms.ts';
export {
  dayLength,
  findWeekdayOrdinal,
  formatYearDay,
  isLastWeekday,
  startOfYear,
  toWeekday,
  toYear,
  toYearDay,
  weekdayNames,
} from './time/calendar.ts';
export { type CalendarField, createWeekdayWindow } from './time/fields.ts';
export {
  findWindowLength,
  findWindowStart,
  type HistoryWindow,
  listLeavingInstants,
  periodWords,
} from './time/history-window.ts';
export {
  firstInstant,
  formatInstant,
  lastInstant,
  parseDecimal,
  parseInstant,
} from './time/instant.ts';
export {
  type DayRange,
  type Days,
  isInSeason,
  isInsideWindow,
  listDayRanges,
  listWindowChanges,
  type Season,
  type TimeRange,
  type Window,
  type WindowPart,
} from './time/window.ts';
export { computeWallClock, isFixed, type Zone, zoneRelease } from './time/zones.ts';
export {
  bool,
  type CollectionType,
  type EnumType,
  isCollection,
  isEquatable,
  isOrdered,
  isSameMember,
  isSameType,
  type MapType,
  type Member,
  type RecordType,
  type ScalarType,
  showRange,
  type Type,
  typeName,
  type Value,
} from './types.ts';
export { showDuration, showValue, toExactNumber, toJson } from './values.ts';
