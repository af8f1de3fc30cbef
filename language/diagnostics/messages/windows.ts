// Diagnostics about windows, zones and calendar fields.

import type { Entry } from './entry.ts';

const rule = 'for any { permit open when context.time in hours }';
const policy = (hours: string) =>
  `policy p\ncontext { time: Timestamp }\nwindow hours = ${hours}\n${rule}`;

export const windowSyntaxMessages = {
  'bad-weekday': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is not a weekday`,
    help: 'the weekdays are `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` and `Sun`',
    why: 'The weekdays are seven fixed words. Any other word would silently keep the window closed on the day that was meant.',
    avoid: 'window hours = Monday 09:00..17:00 in "Europe/Berlin"',
    prefer: 'window hours = Mon 09:00..17:00 in "Europe/Berlin"',
  },
  'bad-nth': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is not a weekday of a month`,
    help: 'write one weekday after `1st`, `2nd`, `3rd`, `4th`, `5th` or `last`',
    why: '`1st` to `5th` and `last` select one day of a month, such as `last Fri`. They take a single weekday, since the first of a range of days could be read in two ways.',
    avoid: 'window hours = 6th Mon 09:00..17:00 in "Europe/Berlin"',
    prefer: 'window hours = 1st Mon 09:00..17:00 in "Europe/Berlin"',
  },
  'bad-time-of-day': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is not a valid time of day here`,
    help: 'times are `00:00` to `23:59`, optionally with seconds; a range can end at `24:00`',
    why: "A time of day is between 00:00 and 23:59; 24:00 is valid only as the end of a range. Other times are rejected: reading 25:00 as one o'clock in the morning would be a guess.",
    avoid: 'window hours = Mon..Fri 09:00..25:00 in "Europe/Berlin"',
    prefer: 'window hours = Mon..Fri 09:00..24:00 in "Europe/Berlin"',
  },
  'empty-range': {
    severity: 'error',
    message: (p: { text: string }) => `the range ends where it begins, at \`${p.text}\``,
    help: 'write a whole day as `00:00..24:00`; a range that ends earlier than it begins ends on the next day',
    why: 'A range from a time to the same time could be empty or a whole day. The policy must state which one.',
    avoid: 'window hours = Sun 00:00..00:00 in "Europe/Berlin"',
    prefer: 'window hours = Sun 00:00..24:00 in "Europe/Berlin"',
  },
  'bad-season': {
    severity: 'error',
    message: (p: { text: string; reason: string }) =>
      `\`${p.text}\` is not a valid season: ${p.reason}`,
    help: 'write a day of every year as `24 Dec`, and a range of days as `18 Dec..4 Jan`',
    why: 'A season limits a window to days of every year. A day that does not exist would silently move the start or the end of the season. The months are `Jan` to `Dec`; 29 Feb is valid: in other years, a season that ends on it ends on 28 Feb, and one that begins on it begins on 1 Mar.',
    avoid: 'window hours = Mon..Fri 09:00..17:00 during 1 May..31 Jun in "Europe/Berlin"',
    prefer: 'window hours = Mon..Fri 09:00..17:00 during 1 May..30 Jun in "Europe/Berlin"',
  },
  'bad-date': {
    severity: 'error',
    message: (p: { text: string; reason: string }) =>
      `\`${p.text}\` is not a valid exception: ${p.reason}`,
    help: 'write a date as `2026-12-25`, and a range of dates as `2026-12-24..2027-01-02`',
    why: 'An exception removes whole days from a window. A date that does not exist, or a range in the wrong order, would remove nothing, and the window would be open when it should not be.',
    avoid: 'window hours = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-02-30',
    prefer: 'window hours = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-02-27',
  },
} satisfies Record<string, Entry>;

export const windowSemanticMessages = {
  'unknown-zone': {
    severity: 'error',
    message: (p: { name: string; release: string }) =>
      `unknown time zone \`${p.name}\` in the IANA data (${p.release})`,
    help: 'zones have the names of the IANA data, such as `"Europe/Berlin"`, including its links, such as `"US/Eastern"`',
    why: 'A window follows the local time of a place, with daylight saving time. The zones are those of the IANA data that is compiled in; another zone has no known offset.',
    avoid: policy('Mon..Fri 09:00..17:00 in "Europe/Berlinn"'),
    prefer: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin"'),
  },
  'needless-season': {
    severity: 'warning',
    message: (_: Record<never, never>) => 'the seasons contain every day of the year',
    help: 'remove `during` with its days, or correct them',
    why: 'A season limits a window to some days of the year. If no day is left out, nothing is limited. Often the first and the last day are exchanged: `5 Jan..4 Jan` continues until the next year.',
    avoid: policy('Mon..Fri 09:00..17:00 during 5 Jan..4 Jan in "Europe/Berlin"'),
    prefer: policy('Mon..Fri 09:00..17:00 during 4 Jan..5 Jan in "Europe/Berlin"'),
  },
  'empty-season': {
    severity: 'warning',
    message: (p: { text: string; window: string }) =>
      `\`${p.window}\` never begins during ${p.text}`,
    help: 'correct the days of the season, or the weekdays of the window',
    why: 'A window is open in a season only on its weekdays. No year has such a day in this season: the second Monday of a month, for example, is never before the 8th.',
    avoid: policy('2nd Mon 09:00..17:00 during 1 Jan..7 Jan in "Europe/Berlin"'),
    prefer: policy('2nd Mon 09:00..17:00 during 1 Jan..14 Jan in "Europe/Berlin"'),
  },
  'needless-exception': {
    severity: 'warning',
    message: (p: { text: string; window: string }) =>
      `\`${p.window}\` never begins on ${p.text}, so it needs no exception`,
    help: 'remove it, or correct the date',
    why: 'An exception removes a day from a window, but the window does not begin on this day anyway. Often the date is off by a day or a year, and the window is still open on the day that was meant.',
    avoid: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-12-26'),
    prefer: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-12-25'),
  },
  'exception-unknown': {
    severity: 'error',
    message: (p: { text: string }) => `time zone data does not cover ${p.text}`,
    help: 'windows in local time are known from 1970 to 2099; windows in `"UTC"` have no such limit',
    why: 'Rules for daylight saving time are compiled in for these years only. Outside of them the window itself is unknown, so an exception there would have no effect. `"UTC"` and the fixed offsets of `"Etc/…"` are known for all years from 0000 to 9999.',
    avoid: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2104-12-25'),
    prefer: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2054-12-25'),
  },
  'not-a-window': {
    severity: 'error',
    message: (p: { type: string }) => `a window contains instants, and this is ${p.type}`,
    help: 'test a `Timestamp`, such as `context.time in hours`',
    why: 'A window defines the instants at which it is open. Only an instant can be inside or outside of it.',
    avoid: `policy p\nwindow hours = 09:00..17:00 in "UTC"\nfor any { permit open when subject.id in hours }`,
    prefer: policy('09:00..17:00 in "UTC"'),
  },
  'zone-not-constant': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a time zone must be a string literal',
    help: 'write `weekday(t, "Europe/Berlin")`: the zone is compiled into the policy',
    why: 'The offsets of the zone are compiled into the module, which has no other source for them. A zone from a request would also let its sender choose when a window is open.',
    avoid:
      'policy p\ncontext { time: Timestamp, zone: String }\nfor any { permit ok when weekday(context.time, context.zone) is Mon }',
    prefer:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when weekday(context.time, "UTC") is Mon }',
  },
} satisfies Record<string, Entry>;
