// A timeline as a page: a chart with a lane for each session, and a section for each session with the events that
// changed its answer.

import { pluralize } from '@nhipol/language/support';
import type { Happening, Lane } from '@nhipol/testing/replay';
import {
  createHeading,
  createItems,
  createParagraph,
  createTable,
  type Page,
  type PageBlock,
} from '../pages/page.ts';
import { createStrong, joinPhrases, lineBreak, type Phrase, say } from '../pages/phrase.ts';
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

/** The number of chapters of a session to show; further ones are counted. */
const maxChapters = 500;

export function timelinePage({ name, version, timeline }: Titled): Page {
  const { lanes, chapters, ahead, quiet, left } = selectLanes(timeline);
  const day = formatDay(timeline.from);
  return {
    title: `Sessions of ${name}`,
    lead: say`Answers of version ${version} of the policy, ${describeRange(timeline)}. ${describeTimelineSummary(timeline.lanes)}.`,
    blocks: [
      ...(lanes.length === 0 ? [] : [buildTimelineChart(timeline, lanes)]),
      ...describeOtherLanes(quiet, left).map((words) => createParagraph([`${words}.`])),
      ...(timeline.ahead.length === 0
        ? [createParagraph(['The answers do not change without further events.'])]
        : buildAheadBlocks(ahead, day)),
      ...lanes.flatMap((lane) =>
        buildLaneBlocks(
          lane,
          chapters.filter(({ first }) => first.session === lane.id),
          day,
        ),
      ),
    ],
  };
}

function buildLaneBlocks(
  lane: Lane,
  chapters: readonly Chapter[],
  day: string,
): readonly PageBlock[] {
  const held = describeEffectDuration(lane);
  const more = chapters.length - maxChapters;
  return [
    createHeading(2, [lane.id]),
    ...(held === '' ? [] : [createParagraph([`Total: ${held}.`])]),
    createTable(
      `Changes of the answer in ${lane.id}`,
      ['Time', 'Event', 'Answer', 'Reason'],
      chapters.slice(0, maxChapters).map((chapter) => buildRow(chapter, day)),
      { stacks: true },
    ),
    ...(more > 0
      ? [createParagraph([`${pluralize(more, 'more change')}; see the JSON output.`])]
      : []),
  ];
}

function buildRow(chapter: Chapter, day: string): readonly Phrase[] {
  const { first } = chapter;
  const rest = describeRest(chapter, day);
  const what = describeHappeningCause(first.cause, day);
  return [
    [describeTime(first.instant, day)],
    rest === undefined ? what : say`${what}${lineBreak}${rest}`,
    changeWords(first),
    describeReason(first, day),
  ];
}

function describeReason({ answer }: Happening, day: string): Phrase {
  return answer === undefined ? [] : joinPhrases(answerLines(answer, day), lineBreak);
}

function buildAheadBlocks(ahead: readonly Happening[], day: string): readonly PageBlock[] {
  if (ahead.length === 0) return [];
  return [
    createParagraph(['Without further events:']),
    createItems(
      ahead.map(
        (happening) =>
          say`${describeTime(happening.instant, day)} ${createStrong(happening.session)} ${changeWords(happening)}${lineBreak}${describeReason(happening, day)}`,
      ),
    ),
  ];
}
