// Diagnostics of windows, zones and calendar fields.

import type { Entry } from './entry.ts';

const rule = 'for any { permit open when context.time in hours }';
const policy = (hours: string) =>
  `policy p\ncontext { time: Timestamp }\nwindow hours = ${hours}\n${rule}`;

export const windowSyntaxMessages = {
  'bad-weekday': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is no weekday`,
    help: 'the weekdays are `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` and `Sun`',
    why: 'Weekdays are seven fixed words. Anything else would make a window that is silently never open on the day that was meant.',
    avoid: 'window hours = Monday 09:00..17:00 in "Europe/Berlin"',
    prefer: 'window hours = Mon 09:00..17:00 in "Europe/Berlin"',
  },
  'bad-nth': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is no weekday of a month`,
    help: 'one weekday stands behind `1st`, `2nd`, `3rd`, `4th`, `5th` or `last`',
    why: '`1st` to `5th` and `last` pick one day of a month, such as `last Fri`. They go with a single weekday, since the first of several days in a row could be read in two ways.',
    avoid: 'window hours = 6th Mon 09:00..17:00 in "Europe/Berlin"',
    prefer: 'window hours = 1st Mon 09:00..17:00 in "Europe/Berlin"',
  },
  'bad-time-of-day': {
    severity: 'error',
    message: (p: { text: string }) => `\`${p.text}\` is no time of day that could stand here`,
    help: 'times are `00:00` to `23:59`, with seconds if you like; a range may end at `24:00`',
    why: 'A clock shows 00:00 to 23:59, and 24:00 only as the end of a day. Other times are refused, because reading 25:00 as one in the morning would be a guess.',
    avoid: 'window hours = Mon..Fri 09:00..25:00 in "Europe/Berlin"',
    prefer: 'window hours = Mon..Fri 09:00..24:00 in "Europe/Berlin"',
  },
  'empty-range': {
    severity: 'error',
    message: (p: { text: string }) => `this range ends where it begins, at \`${p.text}\``,
    help: 'a whole day is `00:00..24:00`; a range that ends earlier than it begins ends on the next day',
    why: 'From a time to the same time is either nothing or a whole day, and the two could hardly be further apart. So it must be said which.',
    avoid: 'window hours = Sun 00:00..00:00 in "Europe/Berlin"',
    prefer: 'window hours = Sun 00:00..24:00 in "Europe/Berlin"',
  },
  'bad-date': {
    severity: 'error',
    message: (p: { text: string; reason: string }) => `\`${p.text}\` is no exception: ${p.reason}`,
    help: 'a date is written `2026-12-25`, and dates in a row `2026-12-24..2027-01-02`',
    why: 'An exception takes whole days out of a window. A day that is in no calendar, or days in the wrong order, would take out nothing, and the window would be open when it should not be.',
    avoid: 'window hours = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-02-30',
    prefer: 'window hours = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-02-27',
  },
} satisfies Record<string, Entry>;

export const windowSemanticMessages = {
  'unknown-zone': {
    severity: 'error',
    message: (p: { name: string; release: string }) =>
      `there is no time zone \`${p.name}\` in the IANA data (${p.release})`,
    help: 'zones are named as in the IANA data, such as `"Europe/Berlin"`; its links, such as `"US/Eastern"`, are names as well',
    why: 'A window is open by the clocks of a place, with its daylight saving. Which zones there are is fixed by the IANA data that is compiled in, and a zone that is not among them has no known offset.',
    avoid: policy('Mon..Fri 09:00..17:00 in "Europe/Berlinn"'),
    prefer: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin"'),
  },
  'needless-exception': {
    severity: 'warning',
    message: (p: { text: string; window: string }) =>
      `\`${p.window}\` never begins on ${p.text}, so it needs no exception`,
    help: 'leave it out, or correct the date',
    why: 'An exception takes a day out of a window, and on this day the window would not have begun anyway. Often the date is off by a day or a year, and the day that was meant is still open.',
    avoid: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-12-26'),
    prefer: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-12-25'),
  },
  'exception-unknown': {
    severity: 'error',
    message: (p: { text: string }) => `nothing is known of time zones in ${p.text}`,
    help: 'windows in the time of a place are known from 1970 to 2099; windows in `"UTC"` have no such limit',
    why: 'Rules for daylight saving are compiled in for these years only. Outside of them the window itself is unknown, so an exception there would have no effect. `"UTC"` and the fixed offsets of `"Etc/…"` are known for all years from 0000 to 9999.',
    avoid: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2104-12-25'),
    prefer: policy('Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2054-12-25'),
  },
  'not-a-window': {
    severity: 'error',
    message: (p: { type: string }) => `a window holds instants, and this is ${p.type}`,
    help: 'ask of a `Timestamp`, such as `context.time in hours`',
    why: 'A window says at which instants it is open. Only of an instant can one ask whether it lies inside.',
    avoid: `policy p\nwindow hours = 09:00..17:00 in "UTC"\nfor any { permit open when subject.id in hours }`,
    prefer: policy('09:00..17:00 in "UTC"'),
  },
  'zone-not-constant': {
    severity: 'error',
    message: (_: Record<never, never>) => 'a time zone is named by a string in place',
    help: 'write `weekday(t, "Europe/Berlin")`; which zone counts is compiled into the policy',
    why: 'The offsets of the zone are compiled into the module, which has no other source for them. A zone from a request would also let its sender choose when a window is open.',
    avoid:
      'policy p\ncontext { time: Timestamp, zone: String }\nfor any { permit ok when weekday(context.time, context.zone) is Mon }',
    prefer:
      'policy p\ncontext { time: Timestamp }\nfor any { permit ok when weekday(context.time, "UTC") is Mon }',
  },
} satisfies Record<string, Entry>;
