// Arbitraries for windows as syntax trees: any days, times and exceptions, in given zones.

import { Reporter } from '@nhipol/language';
import type { DaysNode, DurationNode } from '@nhipol/language/syntax';
import type { Window } from '@nhipol/language/types';
import fc from 'fast-check';
import { Context } from '../../../language/checker/context.ts';
import { checkWindow } from '../../../language/checker/declarations/windows.ts';
import type {
  DateRangeNode,
  SeasonNode,
  TimeRangeNode,
  WindowNode,
} from '../../../language/syntax/ast.ts';
import type { Nth } from '../../../language/types/time/window.ts';

const span = { file: '', start: 0, end: 0 };

/** Round ones, and any minute. */
const minutes = fc.oneof(
  fc.constantFrom(0, 60, 90, 120, 150, 540, 720, 1020, 1380, 1410),
  fc.integer({ min: 0, max: 1439 }),
);

function timeOfDay(minute: number): DurationNode {
  const text = [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, '0'));
  return { kind: 'Duration', span, milliseconds: BigInt(minute * 60_000), text: text.join(':') };
}

const range: fc.Arbitrary<TimeRangeNode> = fc
  .oneof(
    { weight: 4, arbitrary: fc.tuple(minutes, fc.oneof(minutes, fc.constant(1440))) },
    { weight: 1, arbitrary: fc.constant([0, 1440] as [number, number]) },
  )
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => ({ kind: 'TimeRange', span, from: timeOfDay(from), to: timeOfDay(to) }));

const weekday = fc.nat({ max: 6 });

const days: fc.Arbitrary<DaysNode> = fc.oneof(
  fc
    .tuple(weekday, fc.option(weekday, { nil: undefined }))
    .map(([from, to]): DaysNode => ({ kind: 'Days', span, nth: undefined, from, to })),
  fc
    .tuple(fc.constantFrom<Nth>(1, 2, 3, 4, 5, 'last'), weekday)
    .map(([nth, from]): DaysNode => ({ kind: 'Days', span, nth, from, to: undefined })),
);

function dateRange(first: number, last: number | undefined): DateRangeNode {
  const to: DateRangeNode['to'] =
    last === undefined ? undefined : { kind: 'Date', span, day: last };
  return { kind: 'DateRange', span, from: { kind: 'Date', span, day: first }, to };
}

/** From 1980 to 2090. */
const dates: fc.Arbitrary<DateRangeNode> = fc
  .tuple(fc.integer({ min: 3652, max: 43_830 }), fc.option(fc.nat({ max: 9 }), { nil: undefined }))
  .map(([first, more]) => dateRange(first, more === undefined ? undefined : first + more));

const dayNumber = (text: string) => Date.parse(text) / 86_400_000;

/** Days on which a clock changes, the days before them, and the first and last known day. */
const specialDays = [
  '2026-03-08',
  '2026-03-28',
  '2026-03-29',
  '2026-10-24',
  '2026-10-25',
  '2026-11-01',
  '1970-01-01',
  '1970-01-02',
  '2000-02-29',
  '2011-12-29',
  '2011-12-30',
  '2099-12-30',
].map(dayNumber);

/** Exceptions in sequence: adjacent, overlapping or some days apart. */
const chained: fc.Arbitrary<readonly DateRangeNode[]> = fc
  .tuple(
    fc.oneof(fc.constantFrom(...specialDays), fc.integer({ min: 20_400, max: 20_800 })),
    fc.array(fc.tuple(fc.constantFrom(0, 1, 1, 2, 3, 30), fc.constantFrom(0, 0, 1, 6)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([first, steps]) => {
    const made: DateRangeNode[] = [];
    let from = first;
    for (const [gap, more] of steps) {
      const to = Math.min(from + more, dayNumber('2099-12-31'));
      made.push(dateRange(from, to === from ? undefined : to));
      from = Math.min(to + gap, dayNumber('2099-12-31'));
    }
    return made;
  });

/** All days, or all days up to a year. */
const throughout: fc.Arbitrary<readonly DateRangeNode[]> = fc.constantFrom(
  [dateRange(0, dayNumber('2099-12-31'))],
  [dateRange(0, dayNumber('2026-12-31'))],
  [dateRange(dayNumber('2026-03-29'), dayNumber('2099-12-31'))],
);

const exceptions: fc.Arbitrary<readonly DateRangeNode[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(dates, { maxLength: 3 }) },
  { weight: 4, arbitrary: chained },
  { weight: 1, arbitrary: throughout },
);

/** The ends of months and years, and any day. */
const yearDay = fc.oneof(
  fc.constantFrom(101, 102, 104, 131, 228, 229, 301, 302, 1130, 1218, 1230, 1231),
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 29 }))
    .map(([month, date]) => 100 * month + date),
);

const season: fc.Arbitrary<SeasonNode> = fc
  .tuple(yearDay, fc.option(yearDay, { nil: undefined }))
  .map(([from, to]) => ({
    kind: 'Season',
    span,
    from: { kind: 'YearDay', span, yearDay: from },
    to: to === undefined ? undefined : { kind: 'YearDay', span, yearDay: to },
  }));

/** More often none. */
const seasons: fc.Arbitrary<readonly SeasonNode[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(season, { minLength: 1, maxLength: 3 }) },
);

/** The window of a syntax tree. */
export function toWindow(node: WindowNode): Window {
  const window = checkWindow(new Context(new Reporter(), new Map(), new Map()), node);
  if (window === undefined) throw new Error(`no window in ${node.zone.value}`);
  return window;
}

export function windowArbitrary(
  zone: fc.Arbitrary<string>,
  name: fc.Arbitrary<string> = fc.constant('hours'),
): fc.Arbitrary<WindowNode> {
  const parts = fc
    .array(
      fc.record({
        days: fc.array(days, { minLength: 1, maxLength: 3 }),
        ranges: fc.array(range, { minLength: 1, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .chain((listed) =>
      fc.boolean().map((everyDay) =>
        listed.map((part, index) => ({
          kind: 'WindowPart' as const,
          span,
          days: everyDay && index === 0 ? [] : part.days,
          ranges: part.ranges,
        })),
      ),
    );
  /** Open every day, from midnight to midnight or past midnight: only exceptions close it. */
  const always = fc
    .constantFrom<(readonly [number, number])[]>(
      [[0, 1440]],
      [
        [720, 480],
        [480, 720],
      ],
    )
    .map((ranges) => [
      {
        kind: 'WindowPart' as const,
        span,
        days: [],
        ranges: ranges.map(([from, to]) => ({
          kind: 'TimeRange' as const,
          span,
          from: timeOfDay(from),
          to: timeOfDay(to),
        })),
      },
    ]);
  return fc
    .record({
      name,
      zone,
      parts: fc.oneof({ weight: 3, arbitrary: parts }, { weight: 1, arbitrary: always }),
      seasons,
      isAllDay: fc.boolean(),
      except: exceptions,
    })
    .map((made) => ({
      kind: 'Window',
      span,
      name: { kind: 'Name', span, text: made.name, quoted: false },
      parts: made.seasons.length > 0 && made.isAllDay && made.parts.length === 1 ? [] : made.parts,
      seasons: made.seasons,
      zone: { kind: 'String', span, value: made.zone },
      except: made.except,
    }));
}
