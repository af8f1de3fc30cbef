// A timeline as text: a chart with a lane for each session, the events that changed answers in chronological order,
// and a summary.

import type { Palette } from '@nhipol/language';
import { displayText, pluralize, wrap } from '@nhipol/language/support';
import type { EffectName } from '@nhipol/runtime/abi';
import type { Happening } from '@nhipol/testing/replay';
import { renderChartLines, type Shade, shortenName } from '../pages/chart.ts';
import { countVisibleCharacters, type Phrase, readPlainText } from '../pages/phrase.ts';
import type { Chapter } from './chapters.ts';
import { buildTimelineChart } from './chart.ts';
import { selectLanes, type Titled } from './shown.ts';
import {
  answerLines,
  changeWords,
  describeEffectDuration,
  describeHappeningCause,
  describeOtherLanes,
  describeRange,
  describeRest,
  describeTime,
  describeTimelineSummary,
  formatDay,
} from './words.ts';

export type TimelinePalette = Pick<Palette, 'strong' | 'warning' | 'error' | 'frame'> & {
  readonly good: (text: string) => string;
};

/** The number of chapters of a session to show; further ones are counted. */
const maxChapters = 100;
const margin = '  ';

/** Returns the timeline as text. `width`: the width of a line in characters. */
export function timelineText(
  { name, version, timeline }: Titled,
  width: number,
  palette: TimelinePalette,
): string {
  const { lanes, chapters, ahead, quiet, left } = selectLanes(timeline);
  const look = new Look(
    Math.max(40, width),
    Math.max(0, ...lanes.map(({ id }) => shortenName(id).length)),
    palette,
  );
  const title = `${palette.strong(displayText(`${name} ${version}`))}, ${describeRange(timeline)}`;
  const held = lanes.map(
    (lane) => `${margin}${look.padName(lane.id)}  ${describeEffectDuration(lane) || 'no decision'}`,
  );
  const parts = [
    [title],
    lanes.length === 0 ? [] : look.chart(buildTimelineChart(timeline, lanes)),
    look.chapters(chapters),
    [
      describeTimelineSummary(timeline.lanes),
      ...held,
      ...describeOtherLanes(quiet, left).map((words) => `${margin}${displayText(words)}`),
    ],
    timeline.ahead.length === 0
      ? ['The answers do not change without further events.']
      : look.ahead(ahead, formatDay(timeline.from)),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

class Look {
  readonly #width: number;
  /** The width of the names of sessions. */
  readonly #column: number;
  readonly #palette: TimelinePalette;

  constructor(width: number, column: number, palette: TimelinePalette) {
    this.#width = width;
    this.#column = column;
    this.#palette = palette;
  }

  padName(id: string): string {
    return shortenName(id).padEnd(this.#column);
  }

  chart(chart: Parameters<typeof renderChartLines>[0]): readonly string[] {
    const lines = renderChartLines(chart, this.#width - margin.length, (shade, text) =>
      this.#paint(shade, text),
    );
    return lines.map((line) => `${margin}${line}`.trimEnd());
  }

  /** Returns the chapters, with a heading for each day if there are several. */
  chapters(chapters: readonly Chapter[]): readonly string[] {
    const shownCounts = new Map<string, number>();
    const shown = chapters.filter(({ first: { session } }) => {
      const count = (shownCounts.get(session) ?? 0) + 1;
      shownCounts.set(session, count);
      return count <= maxChapters;
    });
    const days = new Set(shown.map(({ first }) => formatDay(first.instant)));
    const column = findWidest(shown.map(({ first }) => first));
    let day = days.size > 1 ? '' : formatDay(shown[0]?.first.instant ?? 0n);
    const lines: string[] = [];
    for (const chapter of shown) {
      const chapterDay = formatDay(chapter.first.instant);
      if (chapterDay !== day) lines.push(this.#palette.strong(chapterDay));
      day = chapterDay;
      lines.push(...this.#happening(chapter.first, day, describeRest(chapter, day), column));
    }
    for (const [session, count] of shownCounts) {
      const more = count - maxChapters;
      if (more > 0)
        lines.push(`${shortenName(session)}: ${pluralize(more, 'more change')}; see --format json`);
    }
    return lines;
  }

  ahead(ahead: readonly Happening[], day: string): readonly string[] {
    if (ahead.length === 0) return [];
    return [
      'Without further events:',
      ...ahead.flatMap((happening) =>
        this.#happening(happening, day, undefined, findWidest(ahead)),
      ),
    ];
  }

  /** `column`: the width of the column of changes. */
  #happening(
    happening: Happening,
    day: string,
    rest: string | undefined,
    column: number,
  ): readonly string[] {
    const { instant: at, session, cause, answer } = happening;
    const time = describeTime(at, day);
    const words = changeWords(happening);
    const change = `${this.#phrase(words)}${' '.repeat(column - countVisibleCharacters(words))}`;
    const what = displayText(readPlainText(describeHappeningCause(cause, day)));
    const fits = 12 + this.#column + column + what.length + 6 <= this.#width;
    const parts = [time.padEnd(12), this.padName(session), change, fits ? what : ''];
    const inner = ' '.repeat(14);
    const why =
      answer === undefined ? [] : answerLines(answer, day).map((line) => readPlainText(line));
    const below = [...(fits ? [] : [what]), ...why, ...(rest === undefined ? [] : [rest])];
    return [
      parts
        .filter((part) => part !== '')
        .join('  ')
        .trimEnd(),
      ...below.flatMap((line) =>
        wrap(displayText(line), this.#width - inner.length).map((each) => `${inner}${each}`),
      ),
    ];
  }

  #phrase(phrase: Phrase): string {
    return phrase
      .map((part) =>
        typeof part === 'object' && 'mark' in part
          ? this.#paint(part.text as EffectName, part.text)
          : readPlainText([part]),
      )
      .join('');
  }

  #paint(shade: Shade, text: string): string {
    const { good, frame, warning, error, strong } = this.#palette;
    switch (shade) {
      case 'permit':
        return good(text);
      case 'narrow':
        return frame(text);
      case 'challenge':
        return warning(text);
      case 'deny':
        return error(text);
      case 'revoke':
        return strong(error(text));
      case undefined:
        return text;
    }
  }
}

function findWidest(happenings: readonly Happening[]): number {
  return Math.max(
    0,
    ...happenings.map((happening) => countVisibleCharacters(changeWords(happening))),
  );
}
