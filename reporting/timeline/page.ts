// A timeline as a page, for Markdown and HTML: a lane for each session, and a section for each that tells
// what changed its answer.

import { counted } from '../../language/support/words.ts';
import type { Happening, Lane } from '../../testing/replay/timeline.ts';
import { type Block, heading, items, type Page, paragraph, table } from '../pages/page.ts';
import { joined, lineBreak, type Phrase, say, strong } from '../pages/phrase.ts';
import type { Chapter } from './chapters.ts';
import { chartOf } from './chart.ts';
import { shownOf, type Titled } from './shown.ts';
import {
  answerLines,
  causeWords,
  changeWords,
  dayOf,
  heldWords,
  otherWords,
  rangeWords,
  restWords,
  summaryWords,
  timeWords,
} from './words.ts';

/** Chapters of one session that are told; more are counted. */
const mostChapters = 500;

export function timelinePage({ name, version, timeline }: Titled): Page {
  const { lanes, chapters, ahead, quiet, left } = shownOf(timeline);
  const day = dayOf(timeline.from);
  return {
    title: `Sessions of ${name}`,
    lead: say`What version ${version} of the policy answered, ${rangeWords(timeline)}. ${summaryWords(timeline.lanes)}.`,
    blocks: [
      ...(lanes.length === 0 ? [] : [chartOf(timeline, lanes)]),
      ...otherWords(quiet, left).map((words) => paragraph([`${words}.`])),
      ...(timeline.ahead.length === 0
        ? [paragraph(['Time alone changes nothing more.'])]
        : aheadBlocks(ahead, day)),
      ...lanes.flatMap((lane) =>
        laneBlocks(
          lane,
          chapters.filter(({ first }) => first.session === lane.id),
          day,
        ),
      ),
    ],
  };
}

function laneBlocks(lane: Lane, chapters: readonly Chapter[], day: string): readonly Block[] {
  const held = heldWords(lane);
  const more = chapters.length - mostChapters;
  return [
    heading(2, [lane.id]),
    ...(held === '' ? [] : [paragraph([`In all: ${held}.`])]),
    table(
      `What changed the answer to ${lane.id}`,
      ['At', 'What happened', 'Answer', 'Why'],
      chapters.slice(0, mostChapters).map((chapter) => row(chapter, day)),
      { stacks: true },
    ),
    ...(more > 0 ? [paragraph([`${counted(more, 'more change')}, which the JSON has.`])] : []),
  ];
}

function row(chapter: Chapter, day: string): readonly Phrase[] {
  const { first } = chapter;
  const rest = restWords(chapter, day);
  const what = causeWords(first.cause, day);
  return [
    [timeWords(first.at, day)],
    rest === undefined ? what : say`${what}${lineBreak}${rest}`,
    changeWords(first),
    why(first, day),
  ];
}

function why({ answer }: Happening, day: string): Phrase {
  return answer === undefined ? [] : joined(answerLines(answer, day), lineBreak);
}

function aheadBlocks(ahead: readonly Happening[], day: string): readonly Block[] {
  if (ahead.length === 0) return [];
  return [
    paragraph(['If nothing else happens:']),
    items(
      ahead.map(
        (happening) =>
          say`${timeWords(happening.at, day)} ${strong(happening.session)} ${changeWords(happening)}${lineBreak}${why(happening, day)}`,
      ),
    ),
  ];
}
