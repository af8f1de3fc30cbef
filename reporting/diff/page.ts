// What two versions of a policy answer otherwise, as a page: a table of the kinds of change, and
// examples of each that are folded away, so that it fits a comment on a pull request.

import { counted } from '../../language/words.ts';
import type { Change, Example, SessionsDiff } from '../../testing/diff/policy-diff.ts';
import { type Block, details, items, type Page, paragraph, source, table } from '../pages/page.ts';
import { capitalized, code, type Phrase, say, strong } from '../pages/phrase.ts';
import { requestLines } from './request-lines.ts';
import {
  answerWords,
  bearingWords,
  causeWords,
  circumstances,
  grouped,
  kindWords,
  linesWords,
  notesOf,
  sessionsWords,
  summaryWords,
  type TitledDiff,
} from './words.ts';

const requestWidth = 88;

export function diffPage(titled: TitledDiff): Page {
  const { name, before, after, diff } = titled;
  const versions = say`From ${code(before.file)} (${before.version}) to ${code(after.file)} (${after.version}): `;
  const notes = notesOf(diff).map(capitalized);
  return {
    title: `What changes in ${name}`,
    lead: [...versions, strong(summaryWords(titled)), '.'],
    blocks: [
      ...(notes.length === 0 ? [] : [items(notes)]),
      ...(diff.changes.length === 0 ? [] : [kindsTable(titled)]),
      ...diff.changes.map((change) => examplesOf(change, titled)),
      ...(diff.sessions === undefined ? [] : ofSessions(diff.sessions)),
    ],
  };
}

function kindsTable({ diff, log }: TitledDiff): Block {
  const head = ['Change', 'Requests', 'Bearing', ...(log === undefined ? [] : ['Lines'])];
  const rows = diff.changes.map((change): readonly Phrase[] => [
    [kindWords(change)],
    [grouped(change.count)],
    [bearingWords[change.bearing] === '' ? '—' : bearingWords[change.bearing]],
    ...(log === undefined ? [] : [[linesWords(change)]]),
  ]);
  return table('Kinds of change', head, rows);
}

function examplesOf(change: Change, { log }: TitledDiff): Block {
  const blocks = change.examples.flatMap((example): readonly Block[] => [
    paragraph(becauseOf(example, change)),
    ...(log === undefined ? [requestOf(example)] : []),
    items([
      ...(log === undefined ? circumstances(example) : [`line ${example.line}`]).map(
        (told): Phrase => [told],
      ),
      say`old: ${answerWords(example.before, change)}`,
      say`new: ${answerWords(example.after, change)}`,
    ]),
  ]);
  return details([kindWords(change)], blocks);
}

/** Each kind with a log that can be replayed. */
function ofSessions(sessions: SessionsDiff): readonly Block[] {
  return [
    paragraph([strong(capitalized([sessionsWords(sessions)]).join('')), '.']),
    ...sessions.changes.map((change) => {
      const { count, example } = change;
      const title = `${kindWords(change)}, ${counted(count, 'session')}`;
      return details(
        [title],
        [
          source(example.events.trimEnd(), 'json'),
          items([
            ...circumstances(example).map((told): Phrase => [told]),
            say`old: ${answerWords(example.before, change)}`,
            say`new: ${answerWords(example.after, change)}`,
          ]),
        ],
      );
    }),
  ];
}

function becauseOf({ causes }: Example, change: Change): Phrase {
  if (causes.length === 0) return ['For example:'];
  const because = causes.flatMap((cause, index) => [
    index === 0 ? 'Because ' : ', and ',
    ...causeWords(cause, change),
  ]);
  return [...because, ':'];
}

function requestOf({ request }: Example): Block {
  return source(requestLines(request, requestWidth).join('\n'), 'json');
}
