// Converts RFC 3339 strings (seconds and their fraction can be missing) to milliseconds since the epoch.
// Days are those of the Gregorian calendar, years 0000 to 9999, without leap seconds.

/** The result of `parseTimestamp`, in milliseconds. */
export let timestampValue: i64 = 0;

/** The first and the last instant that can be written in UTC, in milliseconds. */
export const FIRST_INSTANT: i64 = -62167219200000;
export const LAST_INSTANT: i64 = 253402300799999;

/** The length of `2026-11-25T01:31Z`, the shortest form. */
const SHORTEST: i32 = 17;

// `0000-00-` and `00t00:00` as words: XOR with these converts digits to their values, and the characters
// between them to 0. The numbers to add set the high bit of every other byte: above 9, or above 0.
const DATE: u64 = 0x2d30302d30303030;
const DATE_ROOM: u64 = 0x7f76767f76767676;
const TIME: u64 = 0x30303a3030743030;
const TIME_ROOM: u64 = 0x76767f76767f7676;
const LOWER_T: u64 = 0x200000;
/** The end of most strings: `:00.000z`. */
const REST: u64 = 0x7a3030302e30303a;
const REST_ROOM: u64 = 0x7f7676767f76767f;
const LOWER_Z: u64 = 0x2000000000000000;
/** The length of `2026-11-25T01:31:07.123Z`. */
const COMMON_LENGTH: i32 = 24;

export function parseTimestamp(ptr: usize, len: i32): bool {
  if (len < SHORTEST) return false;
  const date = load<u64>(ptr) ^ DATE;
  const time = (load<u64>(ptr, 8) | LOWER_T) ^ TIME;
  const strange = date | (date + DATE_ROOM) | time | (time + TIME_ROOM);
  if ((strange & 0x8080808080808080) != 0) return false;
  const pairs = date * 10 + (date >> 8);
  const timePairs = time * 10 + (time >> 8);
  const year = readDigitPair(pairs, 0) * 100 + readDigitPair(pairs, 2);
  const month = readDigitPair(pairs, 5);
  const day = readDigitPair(timePairs, 0);
  const hour = readDigitPair(timePairs, 3);
  const minute = readDigitPair(timePairs, 6);
  if (<u32>month - 1 > 11 || <u32>day - 1 > 27 && (day == 0 || day > countMonthDays(year, month))) return false;
  if (hour > 23 || minute > 59) return false;

  const end = ptr + <usize>len;
  let p = ptr + 16;
  let milliseconds = (hour * 60 + minute) * 60000;
  if (len == COMMON_LENGTH) {
    const rest = (load<u64>(p) | LOWER_Z) ^ REST;
    if (((rest | (rest + REST_ROOM)) & 0x8080808080808080) == 0) {
      const restPairs = rest * 10 + (rest >> 8);
      const second = readDigitPair(restPairs, 1);
      if (second > 59) return false;
      milliseconds += second * 1000 + (<i32>(rest >> 32) & 0xff) * 100 + readDigitPair(restPairs, 5);
      timestampValue = <i64>daysSinceEpoch(year, month, day) * 86400000 + <i64>milliseconds;
      return true;
    }
  }
  if (load<u8>(p) == 0x3a) {
    if (end - p < 4) return false;
    const second = twoDigits(p + 1);
    if (<u32>second > 59) return false;
    milliseconds += second * 1000;
    p += 3;
    if (load<u8>(p) == 0x2e) {
      const digits = p + 1;
      p = digits;
      let unit = 100;
      while (p < end && <u32>load<u8>(p) - 0x30 < 10) {
        milliseconds += (<i32>load<u8>(p) - 0x30) * unit;
        unit /= 10;
        p += 1;
      }
      if (p == digits || p == end) return false;
    }
  }

  const zone = load<u8>(p);
  if ((zone | 0x20) == 0x7a) {
    if (end - p != 1) return false;
  } else {
    if (zone != 0x2b && zone != 0x2d) return false;
    if (end - p != 6 || load<u8>(p, 3) != 0x3a) return false;
    const zoneHour = twoDigits(p + 1);
    const zoneMinute = twoDigits(p + 4);
    if (<u32>zoneHour > 23 || <u32>zoneMinute > 59) return false;
    const offset = (zoneHour * 60 + zoneMinute) * 60000;
    milliseconds += zone == 0x2d ? offset : -offset;
  }
  timestampValue = <i64>daysSinceEpoch(year, month, day) * 86400000 + <i64>milliseconds;
  return true;
}

/** The number of two digits, the first of which is byte `at`. */
// @ts-ignore: decorator
@inline
function readDigitPair(pairs: u64, at: u64): i32 {
  return <i32>(pairs >> (at << 3)) & 0xff;
}

/** Negative if they are not two digits. */
function twoDigits(p: usize): i32 {
  const tens = <u32>load<u8>(p) - 0x30;
  const ones = <u32>load<u8>(p, 1) - 0x30;
  return tens < 10 && ones < 10 ? tens * 10 + ones : i32.MIN_VALUE;
}

function countMonthDays(year: i32, month: i32): i32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + ((month ^ (month >> 3)) & 1);
}

/**
 * Counts from 1 March of year -400, so that leap days are at the end of years and nothing is negative.
 */
function daysSinceEpoch(year: i32, month: i32, day: i32): i32 {
  const isEarly = month <= 2;
  const shifted = <u32>(year + 400 - i32(isEarly));
  const ofYear = (153 * <u32>(isEarly ? month + 9 : month - 3) + 2) / 5 + <u32>day - 1;
  const days = shifted * 365 + (shifted >> 2) - shifted / 100 + shifted / 400 + ofYear;
  return <i32>days - 865565;
}
