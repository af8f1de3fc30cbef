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
import {
  createDetails,
  createItems,
  createParagraph,
  createTable,
  type Page,
  type PageBlock,
} from '../pages/page.ts';
import {
  capitalizePhrase,
  createInlineCode,
  createStrong,
  joinPhrases,
  lineBreak,
  type Phrase,
  say,
} from '../pages/phrase.ts';
import { createSourceBlock } from '../pages/source.ts';
import { formatRequestLines } from './request-lines.ts';
import {
  answerWords,
  describeDiffKind,
  describeLines,
  describeSessionsDiff,
  diffCauseWords,
  diffSummaryWords,
  directionWords,
  formatCount,
  listCircumstances,
  listDiffNotes,
  type TitledDiff,
} from './words.ts';

const requestWidth = 88;

export function diffPage(titled: TitledDiff): Page {
  const { name, before, after, diff } = titled;
  const versions = say`From ${createInlineCode(before.file)} (${before.version}) to ${createInlineCode(after.file)} (${after.version}): `;
  const notes = listDiffNotes(diff).map(capitalizePhrase);
  return {
    title: `Changes in ${name}`,
    lead: [...describeLooser(diff), ...versions, createStrong(diffSummaryWords(titled)), '.'],
    blocks: [
      ...(notes.length === 0 ? [] : [createItems(notes)]),
      ...(diff.sessions === undefined
        ? []
        : [
            createParagraph([
              createStrong(capitalizePhrase([describeSessionsDiff(diff.sessions)]).join('')),
              '.',
            ]),
          ]),
      ...(orderChanges(diff).length === 0 ? [] : [buildKindsTable(titled)]),
      ...orderChanges(diff).map((shown) =>
        shown.in === 'sessions'
          ? buildSessionExample(shown.change)
          : renderExamples(shown.change, titled),
      ),
    ],
  };
}

/** A sentence at the beginning, if the new version permits more. */
function describeLooser({ changes, sessions }: PolicyDiff): Phrase {
  const looser = [...changes, ...(sessions?.changes ?? [])].filter(isLooser);
  if (looser.length === 0) return [];
  const kinds = looser.map((change): Phrase => [createStrong(describeDiffKind(change))]);
  return say`${createStrong('Looser')}: ${joinPhrases(kinds, ', ')}.${lineBreak}`;
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

function buildKindsTable({ diff, log }: TitledDiff): PageBlock {
  const counts = diff.sessions === undefined ? 'Requests' : 'Requests or sessions';
  const head = ['Change', counts, 'Direction', ...(log === undefined ? [] : ['Lines'])];
  const rows = orderChanges(diff).map((shown): readonly Phrase[] => {
    const { change } = shown;
    const unit = diff.sessions === undefined ? '' : ` ${shown.in}`;
    return [
      [describeDiffKind(change)],
      [`${formatCount(change.count)}${unit}`],
      [directionWords[change.direction] === '' ? '—' : directionWords[change.direction]],
      ...(log === undefined ? [] : [[shown.in === 'requests' ? describeLines(shown.change) : '—']]),
    ];
  });
  return createTable('Kinds of change', head, rows);
}

function renderExamples(change: DiffChange, { log }: TitledDiff): PageBlock {
  const blocks = change.examples.flatMap((example): readonly PageBlock[] => [
    createParagraph(describeCauses(example, change)),
    ...(log === undefined ? [renderRequest(example)] : []),
    createItems([
      ...(log === undefined ? listCircumstances(example) : [`line ${example.line}`]).map(
        (words): Phrase => [words],
      ),
      say`old: ${answerWords(example.before, change)}`,
      say`new: ${answerWords(example.after, change)}`,
    ]),
  ]);
  return createDetails([describeDiffKind(change)], blocks, { isOpen: isLooser(change) });
}

/** An example with a log that `nhipol simulate` replays. */
function buildSessionExample(change: DiffSessionChange): PageBlock {
  const { count, example, direction } = change;
  const words = directionWords[direction];
  const title = `${describeDiffKind(change)}, ${pluralize(count, 'session')}${words === '' ? '' : `, ${words}`}`;
  return createDetails(
    [title],
    [
      createSourceBlock(example.events.trimEnd(), 'json'),
      createItems([
        ...listCircumstances(example).map((words): Phrase => [words]),
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
  return createSourceBlock(formatRequestLines(request, requestWidth).join('\n'), 'json');
}
