// Windows as syntax trees: any days, times and exceptions, in zones of the caller's choice.

import fc from 'fast-check';
import type {
  DateRangeNode,
  DaysNode,
  DurationNode,
  TimeRangeNode,
  WindowNode,
} from '../../language/ast.ts';
import { Context } from '../../language/checker/context.ts';
import { checkWindow } from '../../language/checker/windows.ts';
import { Reporter } from '../../language/index.ts';
import type { Nth, Window } from '../../language/time/window.ts';

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
  .tuple(minutes, fc.oneof(minutes, fc.constant(1440)))
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

/** From 1980 to 2090. */
const dates: fc.Arbitrary<DateRangeNode> = fc
  .tuple(fc.integer({ min: 3652, max: 43_830 }), fc.option(fc.nat({ max: 9 }), { nil: undefined }))
  .map(([first, more]) => ({
    kind: 'DateRange',
    span,
    from: { kind: 'Date', span, day: first },
    to: more === undefined ? undefined : { kind: 'Date', span, day: first + more },
  }));

/** The window that a tree stands for. */
export function windowOf(node: WindowNode): Window {
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
  return fc
    .record({ name, zone, parts, except: fc.array(dates, { maxLength: 3 }) })
    .map((made) => ({
      kind: 'Window',
      span,
      name: { kind: 'Name', span, text: made.name, quoted: false },
      parts: made.parts,
      zone: { kind: 'String', span, value: made.zone },
      except: made.except,
    }));
}
