// Windows and calendar fields, by the zones and windows that the compiler lays out. Days count from 1970-01-01.

import { HAS_SEASONS } from '../layout';
import { setOk } from '../values/arith';
import { beginEdge, consider, hasNow, instantNow } from './clock';
import { FIRST_INSTANT, LAST_INSTANT } from './instant';

const DAY: i64 = 86400000;
/** Zones are known from 1970 to 2099, unless they are fixed offsets. */
const END_OF_KNOWN: i64 = 4102444800000;
/** The day -719530 is the last one before any that a wall clock shows; it is a multiple of 7. */
const DAYS_BEFORE: i32 = 719530;
/** No window is known on this day or a later one. */
const DAY_AFTER_ALL: i32 = 0x7fffffff;
/** A distance that no two instants have. */
const FAR: i64 = 10000000000000000;

/**
 * A zone, before the starts of its offsets, each in u32 seconds since 1970, and then the offsets, each in i32
 * seconds ahead of UTC.
 */
@unmanaged
class Zone {
  offsetCount!: i32;
  /** 1 for a fixed offset, which is known at every instant. */
  isFixed!: u32;
}

/**
 * A window, before the u16 offset of its plan for each class of days. Offsets in a window count from its start.
 */
@unmanaged
class Window {
  zone!: u32;
  /** 1 if it never changes except for seasons and exceptions. */
  isSteady!: u8;
  /** 1 if all weeks are the same except for seasons and exceptions. */
  isWeekly!: u8;
  /** 1 if ranges end on the day after the one on which they start. */
  spills!: u8;
  seasonCount!: u8;
  exceptionCount!: i32;
  /** The offset of the exceptions, which are in order. The seasons are after them. */
  exceptions!: u32;
}

/** The days of an exception. */
@unmanaged
class Exception {
  first!: i32;
  last!: i32;
}

/** The days of a season, from 0 for 1 March to 365 for 29 February; seasons are in order and disjoint. */
@unmanaged
class Season {
  first!: i32;
  last!: i32;
}

/** The plan of a day, before its ranges. */
@unmanaged
class Plan {
  rangeCount!: i32;
}

/** In milliseconds since midnight. */
@unmanaged
class Range {
  start!: u32;
  end!: u32;
}

/** Where the arrays after these records start. */
const CLASSES: usize = offsetof<Window>();
const OFFSETS: usize = offsetof<Zone>();
const RANGE_STARTS: usize = offsetof<Plan>() + offsetof<Range>('start');
const RANGE_ENDS: usize = offsetof<Plan>() + offsetof<Range>('end');

export function inWindow(window: usize, at: i64): i32 {
  if (!isKnown(load<u32>(window, offsetof<Window>('zone')), at)) return 1;
  return i32(isInside(window, toWallTime(load<u32>(window, offsetof<Window>('zone')), at))) << 1;
}

/** For the instant that is `ahead` of the clock. */
export function nowInWindow(window: usize, ahead: i64): i32 {
  beginEdge();
  if (!hasNow() || ahead > FAR || ahead < -FAR) return 1;
  const at = instantNow() + ahead;
  const zone = load<u32>(window, offsetof<Window>('zone'));
  const first = getFirstKnown(zone);
  if (at < first) consider(first - ahead);
  if (!isKnown(zone, at)) return 1;
  const inside = isInside(window, toWallTime(load<u32>(window, offsetof<Window>('zone')), at));
  consider(findChange(window, at, inside) - ahead);
  return i32(inside) << 1;
}

/** From Monday, 0. */
export function findWeekday(zone: usize, at: i64): i64 {
  const known = isKnown(zone, at);
  setOk(i32(known));
  return known ? toWeekday(toDay(toWallTime(zone, at))) : 0;
}

/** In milliseconds since midnight. */
export function findTimeOfDay(zone: usize, at: i64): i64 {
  const known = isKnown(zone, at);
  setOk(i32(known));
  if (!known) return 0;
  const wall = toWallTime(zone, at);
  return wall - <i64>toDay(wall) * DAY;
}

// --- calendar periods ----------------------------------------------------------------------------

export namespace Period {
  export const DAY: u32 = 0;
  export const WEEK: u32 = 1;
  export const MONTH: u32 = 2;
}

/** The period that was found: its start, and its end, or the instant from which on the zone is not known. */
export let periodStart: i64 = 0;
export let periodEnd: i64 = 0;

/** Finds the period that contains an instant; returns false if the zone is not known at it. */
export function findPeriod(zone: usize, period: u32, at: i64): bool {
  if (!isKnown(zone, at)) {
    // Only the first known instant can change this.
    periodEnd = at < getFirstKnown(zone) ? getFirstKnown(zone) : i64.MAX_VALUE;
    return false;
  }
  let day = toDay(toWallTime(zone, at));
  // Clocks that were set back over midnight show the day before again.
  while (startOfDay(zone, day + 1) <= at) day += 1;
  const first = findFirstDay(period, day);
  periodStart = startOfDay(zone, first);
  periodEnd = startOfDay(zone, findNextPeriod(period, first));
  return true;
}

/** The first instant at which clocks show the day or a later one. */
function startOfDay(zone: usize, day: i32): i64 {
  const midnight = <i64>day * DAY;
  const count = load<i32>(zone, offsetof<Zone>('offsetCount'));
  let from = getFirstKnown(zone);
  for (let index = 0; index < count; index += 1) {
    const until = findOffsetEnd(zone, index);
    const start = max<i64>(from, midnight - getAhead(zone, index));
    if (start < until) return start;
    from = until;
  }
  return getKnownEnd(zone);
}

function findFirstDay(period: u32, day: i32): i32 {
  if (period == Period.DAY) return day;
  return period == Period.WEEK ? day - toWeekday(day) : day - toDayOfMonth(day) + 1;
}

/** `first`: the first day of a period. */
function findNextPeriod(period: u32, first: i32): i32 {
  if (period == Period.DAY) return first + 1;
  return period == Period.WEEK ? first + 7 : findFirstDay(period, first + 31);
}

// --- zones ---------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function isKnown(zone: usize, at: i64): bool {
  return at >= getFirstKnown(zone) && at < getKnownEnd(zone);
}

// @ts-ignore: decorator
@inline
function getFirstKnown(zone: usize): i64 {
  return load<u32>(zone, offsetof<Zone>('isFixed')) ? FIRST_INSTANT : 0;
}

// @ts-ignore: decorator
@inline
function getKnownEnd(zone: usize): i64 {
  return load<u32>(zone, offsetof<Zone>('isFixed')) ? LAST_INSTANT + 1 : END_OF_KNOWN;
}

/** The local time of the zone, as if it were UTC. */
function toWallTime(zone: usize, at: i64): i64 {
  return at + getAhead(zone, findOffset(zone, at));
}

/** The index of the offset that is in force at a known instant. */
function findOffset(zone: usize, at: i64): i32 {
  if (load<i32>(zone, offsetof<Zone>('offsetCount')) == 1) return 0;
  const seconds = <u32>(at / 1000);
  let low = 0;
  let high = load<i32>(zone, offsetof<Zone>('offsetCount'));
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u32>(zone + (<usize>middle << 2), OFFSETS) <= seconds) low = middle;
    else high = middle;
  }
  return low;
}

// @ts-ignore: decorator
@inline
function getAhead(zone: usize, index: i32): i64 {
  const at = load<i32>(zone, offsetof<Zone>('offsetCount')) + index;
  return <i64>load<i32>(zone + (<usize>at << 2), OFFSETS) * 1000;
}

/** The end of an offset. */
function findOffsetEnd(zone: usize, index: i32): i64 {
  if (index + 1 >= load<i32>(zone, offsetof<Zone>('offsetCount'))) return getKnownEnd(zone);
  return <i64>load<u32>(zone + (<usize>(index + 1) << 2), OFFSETS) * 1000;
}

// --- days ----------------------------------------------------------------------------------------

/**
 * The day of a local time. Engines divide floats faster than integers; for the few million days in use a
 * quotient is never rounded up to the next integer.
 */
// @ts-ignore: decorator
@inline
function toDay(wall: i64): i32 {
  return <i32>(<f64>(wall + <i64>DAYS_BEFORE * DAY) / <f64>DAY) - DAYS_BEFORE;
}

// @ts-ignore: decorator
@inline
function toWeekday(day: i32): i32 {
  return (day + DAYS_BEFORE + 10) % 7;
}

/** From 0 for 1 March: years start in March, so that leap days are at their end. */
// @ts-ignore: decorator
@inline
function dayOfYear(day: i32): i32 {
  const ofEra = (day + 719468 + 146097) % 146097;
  const year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  return ofEra - (365 * year + year / 4 - year / 100);
}

/** From 1. */
function toDayOfMonth(day: i32): i32 {
  const ofYear = dayOfYear(day);
  const month = (5 * ofYear + 2) / 153;
  return ofYear - (153 * month + 2) / 5 + 1;
}

function classifyDay(window: usize, day: i32): i32 {
  if (load<u8>(window, offsetof<Window>('isWeekly'))) return toWeekday(day) * 10;
  const date = toDayOfMonth(day);
  const isLast = date > 21 && toDayOfMonth(day + 7) <= 7;
  return (toWeekday(day) * 5 + (date - 1) / 7) * 2 + i32(isLast);
}

// --- windows -------------------------------------------------------------------------------------

/** The ranges that start on a day; 0: none. */
function findPlan(window: usize, day: i32): usize {
  const exception = findException(window, day);
  if (exception != 0 && load<i32>(exception, offsetof<Exception>('first')) <= day) return 0;
  if (HAS_SEASONS) {
    if (!isInSeason(window, day)) return 0;
  }
  return window + load<u16>(window + (<usize>classifyDay(window, day) << 1), CLASSES);
}

/** The ranges that start on a day, if they can continue after its end; 0: none. */
// @ts-ignore: decorator
@inline
function spilling(window: usize, day: i32): usize {
  return load<u8>(window, offsetof<Window>('spills')) ? findPlan(window, day) : 0;
}

/** The first exception that does not end before the day; 0: none. */
function findException(window: usize, day: i32): usize {
  const count = load<i32>(window, offsetof<Window>('exceptionCount'));
  if (count == 0) return 0;
  const exceptions = window + load<u32>(window, offsetof<Window>('exceptions'));
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const exception = exceptions + <usize>middle * offsetof<Exception>();
    if (load<i32>(exception, offsetof<Exception>('last')) < day) low = middle + 1;
    else high = middle;
  }
  return low < count ? exceptions + <usize>low * offsetof<Exception>() : 0;
}

// @ts-ignore: decorator
@inline
function countSeasons(window: usize): i32 {
  return load<u8>(window, offsetof<Window>('seasonCount'));
}

function getSeason(window: usize, index: i32): usize {
  const exceptions = <usize>load<i32>(window, offsetof<Window>('exceptionCount'));
  const seasons = window + load<u32>(window, offsetof<Window>('exceptions'));
  return seasons + exceptions * offsetof<Exception>() + <usize>index * offsetof<Season>();
}

/** Whether ranges can start on a day. */
function isInSeason(window: usize, day: i32): bool {
  const count = countSeasons(window);
  if (count == 0) return true;
  const ofYear = dayOfYear(day);
  for (let index = 0; index < count; index += 1) {
    const season = getSeason(window, index);
    if (ofYear <= load<i32>(season, offsetof<Season>('last')))
      return ofYear >= load<i32>(season, offsetof<Season>('first'));
  }
  return false;
}

/** The first day after another on which a season or a year can start, or which is after the end of a season. */
function findNextSeason(window: usize, day: i32): i32 {
  const ofYear = dayOfYear(day);
  // The next year starts one day later after a leap day.
  let next = max(ofYear + 1, 365);
  for (let index = 0; index < countSeasons(window); index += 1) {
    const season = getSeason(window, index);
    const first = load<i32>(season, offsetof<Season>('first'));
    const end = load<i32>(season, offsetof<Season>('last')) + 1;
    if (first > ofYear) next = min(next, first);
    if (end > ofYear) next = min(next, end);
  }
  return day + next - ofYear;
}

// @ts-ignore: decorator
@inline
function countRanges(plan: usize): i32 {
  return plan == 0 ? 0 : load<i32>(plan, offsetof<Plan>('rangeCount'));
}

// @ts-ignore: decorator
@inline
function getRangeStart(plan: usize, index: i32): i64 {
  return load<u32>(plan + <usize>index * offsetof<Range>(), RANGE_STARTS);
}

// @ts-ignore: decorator
@inline
function getRangeEnd(plan: usize, index: i32): i64 {
  return load<u32>(plan + <usize>index * offsetof<Range>(), RANGE_ENDS);
}

function isInside(window: usize, wall: i64): bool {
  const day = toDay(wall);
  const time = wall - <i64>day * DAY;
  const own = findPlan(window, day);
  for (let i = 0; i < countRanges(own); i += 1) {
    if (time >= getRangeStart(own, i) && time < getRangeEnd(own, i)) return true;
  }
  const before = spilling(window, day - 1);
  for (let i = 0; i < countRanges(before); i += 1) {
    if (time + DAY < getRangeEnd(before, i)) return true;
  }
  return false;
}

/**
 * The first instant after a known one, at which being inside is `held`, at which it is not, or is
 * unknown.
 */
function findChange(window: usize, at: i64, held: bool): i64 {
  const zone = <usize>load<u32>(window, offsetof<Window>('zone'));
  const count = load<i32>(zone, offsetof<Zone>('offsetCount'));
  let from = at;
  for (let index = findOffset(zone, at); index < count; index += 1) {
    const ahead = getAhead(zone, index);
    const until = findOffsetEnd(zone, index);
    if (from != at && isInside(window, from + ahead) != held) return from;
    const turn = findTurn(window, from + ahead, until + ahead, held) - ahead;
    if (turn < until) return turn;
    from = until;
  }
  return getKnownEnd(zone);
}

/** The first local time between the two at which being inside is not `held`, or `end`. */
function findTurn(window: usize, start: i64, end: i64, held: bool): i64 {
  const steady = load<u8>(window, offsetof<Window>('isSteady')) != 0;
  let day = toDay(start);
  while (<i64>day * DAY < end) {
    const turn = findTurnOfDay(window, day, start, end, held);
    if (turn != end) return turn;
    const exception = findException(window, day);
    if (HAS_SEASONS) {
      if (countSeasons(window) > 0) {
        day = nextDayInSeasons(window, day, exception);
        continue;
      }
    }
    day += 1;
    if (exception == 0) {
      if (steady) return end;
      continue;
    }
    // A steady window changes at the end of the day before an exception, or of a range that started on
    // it.
    const first = load<i32>(exception, offsetof<Exception>('first'));
    if (steady) day = max(day, first - 1);
    // No range starts or ends on the days of an exception after its first.
    if (day > first) day = max(day, load<i32>(exception, offsetof<Exception>('last')) + 1);
  }
  return end;
}

/** The next day after another on which a window with seasons can change; the first exception after that one, or 0. */
function nextDayInSeasons(window: usize, day: i32, exception: usize): i32 {
  const first = exception == 0 ? DAY_AFTER_ALL : load<i32>(exception, offsetof<Exception>('first'));
  let next = day + 1;
  // A steady window changes at the end of the day before a start, or of a range that started on it.
  if (load<u8>(window, offsetof<Window>('isSteady')) || !isInSeason(window, day))
    next = max(next, min(findNextSeason(window, day), first) - 1);
  // No range starts or ends on the days of an exception after its first.
  if (next > first) next = max(next, load<i32>(exception, offsetof<Exception>('last')) + 1);
  return next;
}

/** The same on one day, where only ranges of that day and the day before start or end. */
function findTurnOfDay(window: usize, day: i32, start: i64, end: i64, held: bool): i64 {
  const midnight = <i64>day * DAY;
  const own = findPlan(window, day);
  const before = spilling(window, day - 1);
  let first = end;
  for (let i = 0; i < countRanges(own); i += 1) {
    first = earlier(window, midnight + getRangeStart(own, i), start, first, held);
    first = earlier(window, midnight + getRangeEnd(own, i), start, first, held);
  }
  for (let i = 0; i < countRanges(before); i += 1) {
    first = earlier(window, midnight - DAY + getRangeEnd(before, i), start, first, held);
  }
  return first;
}

function earlier(window: usize, wall: i64, start: i64, first: i64, held: bool): i64 {
  return wall > start && wall < first && isInside(window, wall) != held ? wall : first;
}
