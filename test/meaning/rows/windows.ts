// Windows and calendar fields. The instant of evaluation is 2026-03-03T10:00:00Z, a Tuesday; 11:00 in Berlin.

import type { Row, Worth } from './row.ts';

/** One window at many instants. */
function at(window: string, instants: readonly (readonly [string, Worth])[]): readonly Row[] {
  return instants.map(([instant, value]) => [`begin in ${window}`, `"begin": "${instant}"`, value]);
}

export const windows: readonly Row[] = [
  ['context.time in office', '', true],
  ['context.time not in office', '', false],
  ['context.time + 6h in office', '', false],
  ['context.time + 359m in office', '', true],
  ['context.time - 2h in office', '', true],
  ['context.time - 121m in office', '', false],
  ['context.time + wait in office', '', 'unknown'],
  ['context.time + wait in office', '"wait": 22000', false],
  ['context.time + wait in office', '"wait": 9223372036854775', 'unknown'],
  ['context.time - wait in office', '"wait": 9223372036854775', 'unknown'],
  ['context.time in nights', '', false],
  ['begin in office', '', 'unknown'],
  ['begin not in office', '', 'unknown'],
  ['known(begin in office)', '', false],
  ['known(begin in office)', '"begin": "1969-12-31T23:59:59.999Z"', false],
  ['known(begin in office)', '"begin": "1970-01-01T00:00:00Z"', true],
  ['epoch in office', '"epoch": 1772532000', true],
  ['begin + 1h in office', '"begin": "2026-03-03T15:30:00Z"', false],

  // A window includes its start and excludes its end.
  ...at('office', [
    ['2026-03-03T07:59:59.999Z', false],
    ['2026-03-03T08:00:00Z', true],
    ['2026-03-03T15:59:59.999Z', true],
    ['2026-03-03T16:00:00Z', false],
    ['2026-03-07T10:00:00Z', false], // a Saturday
    ['2026-07-01T06:59:59.999Z', false], // an hour earlier in summer
    ['2026-07-01T07:00:00Z', true],
    ['2026-12-23T10:00:00Z', true],
    ['2026-12-24T10:00:00Z', false],
    ['2027-01-01T10:00:00Z', false],
    ['2027-01-04T10:00:00Z', true],
    ['1969-12-31T23:59:59.999Z', 'unknown'],
    ['1970-01-01T10:00:00Z', true],
    ['2099-12-31T10:00:00Z', true],
    ['2099-12-31T23:59:59.999Z', false],
    ['2100-01-01T00:00:00Z', 'unknown'],
  ]),
  // A window across midnight belongs to the day on which it starts, and so does an exception.
  ...at('nights', [
    ['2026-03-03T20:59:59.999Z', false],
    ['2026-03-03T21:00:00Z', true],
    ['2026-03-04T04:59:59.999Z', true],
    ['2026-03-04T05:00:00Z', false],
    ['2026-05-01T03:00:00Z', true], // begun on 30 April
    ['2026-05-01T21:00:00Z', false],
    ['2026-05-02T03:00:00Z', false],
    ['2026-05-02T20:00:00Z', true],
  ]),
  ...at('split', [
    ['2026-03-02T11:59:59.999Z', true],
    ['2026-03-02T12:00:00Z', false],
    ['2026-03-02T13:00:00Z', true],
    ['2026-03-03T10:00:00Z', false],
    ['2026-03-04T09:00:00Z', true],
    ['2026-03-07T09:00:00Z', false],
    ['2026-03-08T23:59:59.999Z', true],
    ['2026-03-09T00:00:00Z', false],
  ]),
  // Months and weekdays follow the calendar of the zone.
  ...at('patch_days', [
    ['2026-03-10T21:59:59.999Z', false],
    ['2026-03-10T22:00:00Z', true],
    ['2026-03-03T23:00:00Z', false],
    ['2026-03-17T22:00:00Z', false],
    ['2026-03-27T03:59:59.999Z', false],
    ['2026-03-27T04:00:00Z', true],
    ['2026-03-28T03:59:59.999Z', true],
    ['2026-03-20T12:00:00Z', false],
    ['2026-01-30T12:00:00Z', true], // the fifth is the last
    ['2026-01-23T12:00:00Z', false],
  ]),
  ...at('fifths', [
    ['2026-03-30T12:00:00Z', true],
    ['2026-04-27T12:00:00Z', false],
  ]),
  ...at('weekend', [
    ['2026-03-05T18:14:59.999Z', false],
    ['2026-03-05T18:15:00Z', true],
    ['2026-03-09T18:14:59.999Z', true],
    ['2026-03-09T18:15:00Z', false],
  ]),
  // On 2026-03-29 Berlin has no 02:30, and on 2026-10-25 it has two.
  ...at('small_hours', [
    ['2026-03-28T01:30:00Z', true],
    ['2026-03-29T00:59:59.999Z', false],
    ['2026-03-29T01:00:00Z', false],
    ['2026-10-24T23:59:59.999Z', false],
    ['2026-10-25T00:00:00Z', true],
    ['2026-10-25T00:59:59.999Z', true],
    ['2026-10-25T01:00:00Z', true],
    ['2026-10-25T01:59:59.999Z', true],
    ['2026-10-25T02:00:00Z', false],
  ]),
  // On 2026-04-05 the clock goes back from 02:00 to 01:30, on 2026-10-04 forward from 02:00 to 02:30.
  ...at('half_hours', [
    ['2026-04-04T14:29:59.999Z', false],
    ['2026-04-04T14:30:00Z', true],
    ['2026-04-04T15:00:00Z', true],
    ['2026-04-04T15:29:59.999Z', true],
    ['2026-04-04T15:30:00Z', false],
    ['2026-10-03T15:29:59.999Z', true],
    ['2026-10-03T15:30:00Z', false],
  ]),
  // On 2026-03-08 Havana's day begins at 01:00; on 2027-11-07 midnight comes twice.
  ...at('midnights', [
    ['2026-03-07T05:00:00Z', true],
    ['2026-03-08T04:59:59.999Z', false],
    ['2026-03-08T05:00:00Z', false],
    ['2027-11-07T04:00:00Z', true],
    ['2027-11-07T05:00:00Z', true],
    ['2027-11-07T05:59:59.999Z', true],
    ['2027-11-07T06:00:00Z', false],
  ]),
  // Samoa skipped Friday 30 December 2011; in the calendar Saturday is still the day after it.
  ...at('fridays', [
    ['2011-12-24T09:59:59.999Z', true],
    ['2011-12-30T09:59:59.999Z', false],
    ['2011-12-30T10:00:00Z', false],
    ['2012-01-06T09:59:59.999Z', true],
  ]),
  ...at('nights_in_apia', [
    ['2011-12-30T09:59:59.999Z', false],
    ['2011-12-30T10:00:00Z', true],
    ['2011-12-30T16:00:00Z', false],
  ]),
  ...at('ever', [
    ['1970-01-01T00:00:00Z', true],
    ['2026-11-01T05:30:00Z', true],
    ['2100-01-01T00:00:00Z', 'unknown'],
  ]),

  ['weekday(begin, "Asia/Kathmandu") is Tue', '"begin": "2026-03-03T18:14:59.999Z"', true],
  ['weekday(begin, "Asia/Kathmandu") is Wed', '"begin": "2026-03-03T18:15:00Z"', true],
  ['weekday(begin, "UTC") >= Sat', '"begin": "2026-03-08T00:00:00Z"', true],
  ['weekday(begin, "UTC") in { Sat, Sun }', '"begin": "2026-03-08T00:00:00Z"', true],
  ['weekday(begin, "UTC") is Thu', '"begin": "1970-01-01T00:00:00Z"', true],
  ['weekday(begin, "UTC") is Wed', '"begin": "1969-12-31T00:00:00Z"', true],
  ['weekday(begin, "Asia/Tokyo") is Wed', '"begin": "1969-12-31T00:00:00Z"', 'unknown'],
  ['weekday(begin, "UTC") is weekday(end, "UTC")', '"begin": "2026-03-08T00:00:00Z"', 'unknown'],
  [
    'weekday(begin, "UTC") is weekday(end, "UTC")',
    '"begin": "2026-03-08T00:00:00Z", "end": "2026-03-15T23:00:00Z"',
    true,
  ],
  ['time_of_day(begin, "Europe/Berlin") is 11:00', '"begin": "2026-03-03T10:00:00Z"', true],
  ['time_of_day(begin, "Europe/Berlin") < 11:00', '"begin": "2026-03-03T10:00:00Z"', false],
  ['time_of_day(begin, "UTC") + 1h is wait', '"begin": "2026-03-03T10:00Z", "wait": 39600', true],
  ['time_of_day(begin, "Europe/Rome") is 00:00', '"begin": "2100-01-01T00:00:00Z"', 'unknown'],
  ['known(time_of_day(begin, "Europe/Rome"))', '"begin": "2100-01-01T00:00:00Z"', false],
  // UTC and the other fixed offsets are known for every valid instant.
  ['time_of_day(begin, "UTC") is 00:00', '"begin": "2100-01-01T00:00:00Z"', true],
  ['time_of_day(begin, "UTC") is 23:59:59', '"begin": "9999-12-31T23:59:59Z"', true],
  ['time_of_day(begin, "UTC") is 00:00', '"begin": "0000-01-01T00:00:00Z"', true],
  ['known(time_of_day(begin + 1s, "UTC"))', '"begin": "9999-12-31T23:59:59Z"', false],
  ['known(time_of_day(begin - 1ms, "UTC"))', '"begin": "0000-01-01T00:00:00Z"', false],
  ['time_of_day(begin, "UTC") is 23:59:59', '"begin": "1969-12-31T23:59:59Z"', true],
  ['time_of_day(begin, "Etc/GMT+5") is 19:00', '"begin": "2100-01-01T00:00:00Z"', true],
  ['weekday(begin, "UTC") is Fri', '"begin": "2100-01-01T00:00:00Z"', true],
  ['weekday(begin, "UTC") is Fri', '"begin": "9999-12-31T00:00:00Z"', true],
  ['weekday(begin, "UTC") is Sat', '"begin": "0000-01-01T00:00:00Z"', true],
  ['(time_of_day(begin, "UTC") else 1h) is 01:00', '', true],
  ['09:30:15 is 9h + 30m + 15s', '', true],

  ['weekday(context.time, "Europe/Berlin") is Tue', '', true],
  ['weekday(context.time, "Europe/Berlin") is not Tue', '', false],
  ['Tue is weekday(context.time, "UTC")', '', true],
  ['Wed < weekday(context.time, "UTC")', '', false],
  ['weekday(context.time, "UTC") > Mon', '', true],
  ['weekday(context.time + 1d, "UTC") is Wed', '', true],
  ['weekday(context.time, "UTC") in { Mon, Tue }', '', true],
  ['weekday(context.time, "UTC") not in { Mon, Tue }', '', false],
  ['weekday(context.time, "UTC") in {}', '', false],
  ['weekday(context.time + wait, "UTC") in {}', '', 'unknown'],
  ['known(weekday(context.time, "UTC"))', '', true],
  ['known(weekday(context.time + wait, "UTC"))', '', false],
  ['time_of_day(context.time, "Europe/Berlin") is 11:00', '', true],
  ['time_of_day(context.time, "Europe/Berlin") is not 11:00', '', false],
  ['time_of_day(context.time, "Europe/Berlin") < 11:00', '', false],
  ['time_of_day(context.time, "Europe/Berlin") <= 11:00', '', true],
  ['time_of_day(context.time, "Europe/Berlin") > 11:00', '', false],
  ['time_of_day(context.time, "Europe/Berlin") >= 11:00', '', true],
  ['11:00 > time_of_day(context.time, "Europe/Berlin")', '', false],
  ['time_of_day(context.time, "UTC") < 0s', '', false],
  ['time_of_day(context.time, "UTC") < 100d', '', true],
  ['time_of_day(context.time, "UTC") is not 25h', '', true],
];
