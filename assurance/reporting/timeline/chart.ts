// A timeline as a chart: a lane for each session, with its answers and events.

import type { EffectSpan, Happening, Lane, Timeline } from '@nhipol/testing/replay';
import type { Chart, ChartMark, ChartSegment } from '../pages/chart.ts';
import { readPlainText } from '../pages/phrase.ts';
import { chooseTicks } from './scale.ts';
import { describeHappeningCause, describeLength, describeTime, formatDay } from './words.ts';

const maxTicks = 6;
/** The number of positions of marks; marks at the same position are merged. */
const positions = 160;
/** The number of events that the title of a mark lists. */
const maxListed = 4;

/** Returns the chart of the given lanes. */
export function buildTimelineChart(
  { from, until, happenings }: Timeline,
  lanes: readonly Lane[],
): Chart {
  const length = Number(until - from);
  const place = (instant: bigint) => (length === 0 ? 0 : Number(instant - from) / length);
  const day = formatDay(from);
  const segment = ({ effect, from: start, to }: EffectSpan): ChartSegment => ({
    shade: effect,
    from: place(start),
    to: length === 0 ? 1 : place(to),
    title: `${effect ?? 'no decision yet'}, ${describeTime(start, day)} to ${describeTime(to, day)}, ${describeLength(to - start)}`,
  });
  const bySession = new Map<string, Happening[]>(lanes.map(({ id }) => [id, []]));
  for (const happening of happenings) bySession.get(happening.session)?.push(happening);
  return {
    kind: 'chart',
    caption: 'Answers over time (UTC); stricter answers are higher',
    ticks: chooseTicks(from, until, maxTicks).map(({ instant, label }) => ({
      at: place(instant),
      label,
    })),
    lanes: lanes.map(({ id, spans }) => ({
      name: id,
      segments: spans.map(segment),
      marks: collectMarks(bySession.get(id) ?? [], place, day),
    })),
  };
}

function collectMarks(
  happenings: readonly Happening[],
  place: (instant: bigint) => number,
  day: string,
): readonly ChartMark[] {
  const marks = new Map<string, { at: number; kind: ChartMark['kind']; told: string[] }>();
  for (const { instant: at, cause } of happenings) {
    if (cause.kind === 'time' || cause.kind === 'other_session') continue;
    const kind = cause.kind === 'decide' ? 'asked' : 'told';
    const key = `${kind} ${Math.round(place(at) * positions)}`;
    const mark = marks.get(key) ?? { at: place(at), kind, told: [] };
    mark.told.push(`${describeTime(at, day)} ${readPlainText(describeHappeningCause(cause, day))}`);
    marks.set(key, mark);
  }
  return [...marks.values()].map(({ at, kind, told }) => {
    const more = told.length - maxListed;
    return {
      at,
      kind,
      title: [...told.slice(0, maxListed), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    };
  });
}
