// A timeline as a chart: a lane for each session, with what held when and what happened.

import type { Happening, Lane, Span, Timeline } from '../../testing/replay/timeline.ts';
import type { Chart, ChartMark, Segment } from '../pages/chart.ts';
import { plainText } from '../pages/phrase.ts';
import { ticksOf } from './scale.ts';
import { causeWords, dayOf, lengthWords, timeWords } from './words.ts';

const mostTicks = 6;
/** Marks nearer to each other than a part of so many of the width are one. */
const places = 160;
/** Of what happened at one place so much is told. */
const mostTold = 4;

/** `lanes`: those that are shown. */
export function chartOf({ from, until, happenings }: Timeline, lanes: readonly Lane[]): Chart {
  const length = Number(until - from);
  const place = (instant: bigint) => (length === 0 ? 0 : Number(instant - from) / length);
  const day = dayOf(from);
  const segment = ({ effect, from: start, to }: Span): Segment => ({
    shade: effect,
    from: place(start),
    to: length === 0 ? 1 : place(to),
    title: `${effect ?? 'nothing decided yet'}, ${timeWords(start, day)} to ${timeWords(to, day)}, ${lengthWords(to - start)}`,
  });
  const bySession = new Map<string, Happening[]>(lanes.map(({ id }) => [id, []]));
  for (const happening of happenings) bySession.get(happening.session)?.push(happening);
  return {
    kind: 'chart',
    caption: 'Answers over time, in UTC: the stricter, the higher',
    ticks: ticksOf(from, until, mostTicks).map(({ instant, label }) => ({
      at: place(instant),
      label,
    })),
    lanes: lanes.map(({ id, spans }) => ({
      name: id,
      segments: spans.map(segment),
      marks: marksOf(bySession.get(id) ?? [], place, day),
    })),
  };
}

function marksOf(
  happenings: readonly Happening[],
  place: (instant: bigint) => number,
  day: string,
): readonly ChartMark[] {
  const found = new Map<string, { at: number; kind: ChartMark['kind']; told: string[] }>();
  for (const { at, cause } of happenings) {
    if (cause.kind === 'time') continue;
    const kind = cause.kind === 'decide' ? 'asked' : 'told';
    const key = `${kind} ${Math.round(place(at) * places)}`;
    const mark = found.get(key) ?? { at: place(at), kind, told: [] };
    mark.told.push(`${timeWords(at, day)} ${plainText(causeWords(cause, day))}`);
    found.set(key, mark);
  }
  return [...found.values()].map(({ at, kind, told }) => {
    const more = told.length - mostTold;
    return {
      at,
      kind,
      title: [...told.slice(0, mostTold), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    };
  });
}
