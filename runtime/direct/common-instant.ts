// Parses instants in the most common form, without a date library and without allocation.

const zero = 48;
/** A digit has none of these bits, neither by itself nor with 6 added. */
const beyondNine = ~0xf;
/** `2025-01-31T00:00:00Z`; and with milliseconds. */
const inSeconds = 20;
const inMilliseconds = 24;

/** Parses RFC 3339 in UTC to milliseconds since the epoch; NaN for any other form. */
export function parseCommonInstant(text: string): number {
  const { length } = text;
  const hasThousandths = length === inMilliseconds;
  if (
    (!hasThousandths && length !== inSeconds) ||
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58 ||
    text.charCodeAt(length - 1) !== 90
  ) {
    return Number.NaN;
  }
  const century = parsePair(text, 0);
  const yearOfCentury = parsePair(text, 2);
  const month = parsePair(text, 5);
  const day = parsePair(text, 8);
  const hour = parsePair(text, 11);
  const minute = parsePair(text, 14);
  const second = parsePair(text, 17);
  let thousandths = 0;
  if (hasThousandths) {
    const last = text.charCodeAt(22) - zero;
    if (text.charCodeAt(19) !== 46 || (last | (last + 6)) & beyondNine) return Number.NaN;
    thousandths = parsePair(text, 20) * 10 + last;
  }
  // A character that is not a digit makes its pair negative.
  if ((century | yearOfCentury | month | day | hour | minute | second | thousandths) < 0) {
    return Number.NaN;
  }
  const year = century * 100 + yearOfCentury;
  const isInstant =
    hour < 24 && minute < 60 && second < 60 && month >= 1 && month <= 12 && day >= 1;
  if (!isInstant || (day > 28 && day > countDays(year, month))) return Number.NaN;
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + thousandths;
  return countDaysSinceEpoch(year, month, day) * 86_400_000 + time;
}

/** The value of two digits; negative if one is not a digit. */
function parsePair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero;
  const ones = text.charCodeAt(at + 1) - zero;
  const isBeyond = (tens | (tens + 6) | ones | (ones + 6)) & beyondNine;
  return isBeyond === 0 ? tens * 10 + ones : -1_000_000;
}

function countDays(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** In the proleptic Gregorian calendar, with years that begin in March. */
function countDaysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const inYear = Math.floor((153 * fromMarch + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leaps + inYear - 719_468;
}
