// The differences of two policy versions as a page: a table of the kinds of change, and collapsed examples of each,
// so that it fits into a comment on a pull request.

import { counted } from '@nhipol/language/support';
import {
  type Change,
  type Example,
  isLooser,
  type PolicyDiff,
  rankOf,
  type SessionChange,
} from '@nhipol/testing/diff';
import { type Block, details, items, type Page, paragraph, table } from '../pages/page.ts';
import { capitalized, code, joined, lineBreak, type Phrase, say, strong } from '../pages/phrase.ts';
import { source } from '../pages/source.ts';
import { requestLines } from './request-lines.ts';
import {
  answerWords,
  causeWords,
  circumstances,
  directionWords,
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
    title: `Changes in ${name}`,
    lead: [...looserWords(diff), ...versions, strong(summaryWords(titled)), '.'],
    blocks: [
      ...(notes.length === 0 ? [] : [items(notes)]),
      ...(diff.sessions === undefined
        ? []
        : [paragraph([strong(capitalized([sessionsWords(diff.sessions)]).join('')), '.'])]),
      ...(shownIn(diff).length === 0 ? [] : [kindsTable(titled)]),
      ...shownIn(diff).map((shown) =>
        shown.in === 'sessions' ? sessionExample(shown.change) : examplesOf(shown.change, titled),
      ),
    ],
  };
}

/** A sentence at the beginning, if the new version permits more. */
function looserWords({ changes, sessions }: PolicyDiff): Phrase {
  const looser = [...changes, ...(sessions?.changes ?? [])].filter(isLooser);
  if (looser.length === 0) return [];
  const kinds = looser.map((change): Phrase => [strong(kindWords(change))]);
  return say`${strong('Looser')}: ${joined(kinds, ', ')}.${lineBreak}`;
}

type Shown =
  | { readonly in: 'requests'; readonly change: Change }
  | { readonly in: 'sessions'; readonly change: SessionChange };

/** Returns the changes of requests and sessions: looser ones first, then by frequency. */
function shownIn({ changes, sessions }: PolicyDiff): readonly Shown[] {
  const all: readonly Shown[] = [
    ...changes.map((change) => ({ in: 'requests', change }) as const),
    ...(sessions?.changes ?? []).map((change) => ({ in: 'sessions', change }) as const),
  ];
  return [...all].sort((a, b) => rankOf(a.change) - rankOf(b.change));
}

function kindsTable({ diff, log }: TitledDiff): Block {
  const counts = diff.sessions === undefined ? 'Requests' : 'Requests or sessions';
  const head = ['Change', counts, 'Direction', ...(log === undefined ? [] : ['Lines'])];
  const rows = shownIn(diff).map((shown): readonly Phrase[] => {
    const { change } = shown;
    const unit = diff.sessions === undefined ? '' : ` ${shown.in}`;
    return [
      [kindWords(change)],
      [`${grouped(change.count)}${unit}`],
      [directionWords[change.direction] === '' ? '—' : directionWords[change.direction]],
      ...(log === undefined ? [] : [[shown.in === 'requests' ? linesWords(shown.change) : '—']]),
    ];
  });
  return table('Kinds of change', head, rows);
}

function examplesOf(change: Change, { log }: TitledDiff): Block {
  const blocks = change.examples.flatMap((example): readonly Block[] => [
    paragraph(becauseOf(example, change)),
    ...(log === undefined ? [requestOf(example)] : []),
    items([
      ...(log === undefined ? circumstances(example) : [`line ${example.line}`]).map(
        (words): Phrase => [words],
      ),
      say`old: ${answerWords(example.before, change)}`,
      say`new: ${answerWords(example.after, change)}`,
    ]),
  ]);
  return details([kindWords(change)], blocks, { isOpen: isLooser(change) });
}

/** An example with a log that `nhipol simulate` replays. */
function sessionExample(change: SessionChange): Block {
  const { count, example, direction } = change;
  const words = directionWords[direction];
  const title = `${kindWords(change)}, ${counted(count, 'session')}${words === '' ? '' : `, ${words}`}`;
  return details(
    [title],
    [
      source(example.events.trimEnd(), 'json'),
      items([
        ...circumstances(example).map((words): Phrase => [words]),
        say`old: ${answerWords(example.before, change)}`,
        say`new: ${answerWords(example.after, change)}`,
      ]),
    ],
    { isOpen: isLooser(change) },
  );
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
