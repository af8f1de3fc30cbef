// The differences of two policy versions as a page: a table of the kinds of change, and collapsed examples of each,
// so that it fits into a comment on a pull request.

import { pluralize } from '@nhipol/language/support';
import {
  type DiffChange,
  type DiffSessionChange,
  type Example,
  isLooser,
  type PolicyDiff,
  rankDirection,
} from '@nhipol/testing/diff';
import { details, items, type Page, type PageBlock, paragraph, table } from '../pages/page.ts';
import {
  capitalizePhrase,
  code,
  joinPhrases,
  lineBreak,
  type Phrase,
  say,
  strong,
} from '../pages/phrase.ts';
import { source } from '../pages/source.ts';
import { requestLines } from './request-lines.ts';
import {
  answerWords,
  circumstances,
  diffCauseWords,
  diffSummaryWords,
  directionWords,
  formatCount,
  kindWords,
  linesWords,
  listDiffNotes,
  sessionsWords,
  type TitledDiff,
} from './words.ts';

const requestWidth = 88;

export function diffPage(titled: TitledDiff): Page {
  const { name, before, after, diff } = titled;
  const versions = say`From ${code(before.file)} (${before.version}) to ${code(after.file)} (${after.version}): `;
  const notes = listDiffNotes(diff).map(capitalizePhrase);
  return {
    title: `Changes in ${name}`,
    lead: [...looserWords(diff), ...versions, strong(diffSummaryWords(titled)), '.'],
    blocks: [
      ...(notes.length === 0 ? [] : [items(notes)]),
      ...(diff.sessions === undefined
        ? []
        : [paragraph([strong(capitalizePhrase([sessionsWords(diff.sessions)]).join('')), '.'])]),
      ...(orderChanges(diff).length === 0 ? [] : [kindsTable(titled)]),
      ...orderChanges(diff).map((shown) =>
        shown.in === 'sessions'
          ? sessionExample(shown.change)
          : renderExamples(shown.change, titled),
      ),
    ],
  };
}

/** A sentence at the beginning, if the new version permits more. */
function looserWords({ changes, sessions }: PolicyDiff): Phrase {
  const looser = [...changes, ...(sessions?.changes ?? [])].filter(isLooser);
  if (looser.length === 0) return [];
  const kinds = looser.map((change): Phrase => [strong(kindWords(change))]);
  return say`${strong('Looser')}: ${joinPhrases(kinds, ', ')}.${lineBreak}`;
}

type Shown =
  | { readonly in: 'requests'; readonly change: DiffChange }
  | { readonly in: 'sessions'; readonly change: DiffSessionChange };

/** Returns the changes of requests and sessions: looser ones first, then by frequency. */
function orderChanges({ changes, sessions }: PolicyDiff): readonly Shown[] {
  const all: readonly Shown[] = [
    ...changes.map((change) => ({ in: 'requests', change }) as const),
    ...(sessions?.changes ?? []).map((change) => ({ in: 'sessions', change }) as const),
  ];
  return [...all].sort((a, b) => rankDirection(a.change) - rankDirection(b.change));
}

function kindsTable({ diff, log }: TitledDiff): PageBlock {
  const counts = diff.sessions === undefined ? 'Requests' : 'Requests or sessions';
  const head = ['Change', counts, 'Direction', ...(log === undefined ? [] : ['Lines'])];
  const rows = orderChanges(diff).map((shown): readonly Phrase[] => {
    const { change } = shown;
    const unit = diff.sessions === undefined ? '' : ` ${shown.in}`;
    return [
      [kindWords(change)],
      [`${formatCount(change.count)}${unit}`],
      [directionWords[change.direction] === '' ? '—' : directionWords[change.direction]],
      ...(log === undefined ? [] : [[shown.in === 'requests' ? linesWords(shown.change) : '—']]),
    ];
  });
  return table('Kinds of change', head, rows);
}

function renderExamples(change: DiffChange, { log }: TitledDiff): PageBlock {
  const blocks = change.examples.flatMap((example): readonly PageBlock[] => [
    paragraph(describeCauses(example, change)),
    ...(log === undefined ? [renderRequest(example)] : []),
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
function sessionExample(change: DiffSessionChange): PageBlock {
  const { count, example, direction } = change;
  const words = directionWords[direction];
  const title = `${kindWords(change)}, ${pluralize(count, 'session')}${words === '' ? '' : `, ${words}`}`;
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

function describeCauses({ causes }: Example, change: DiffChange): Phrase {
  if (causes.length === 0) return ['For example:'];
  const because = causes.flatMap((cause, index) => [
    index === 0 ? 'Because ' : ', and ',
    ...diffCauseWords(cause, change),
  ]);
  return [...because, ':'];
}

function renderRequest({ request }: Example): PageBlock {
  return source(requestLines(request, requestWidth).join('\n'), 'json');
}
