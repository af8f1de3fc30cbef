// The differences of two policy versions as text: a block for each kind of change with its cause, the request and
// both answers.

import type { Palette } from '@nhipol/language';
import { displayText } from '@nhipol/language/support';
import type { DiffKind, Direction, Example, SessionsDiff } from '@nhipol/testing/diff';
import { type Phrase, readPlainText } from '../pages/phrase.ts';
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

export type DiffPalette = Pick<Palette, 'strong' | 'warning' | 'error' | 'frame'> & {
  readonly good: (text: string) => string;
};

/** Returns the comparison as text. `width`: the width of a line in characters. */
export function diffText(titled: TitledDiff, width: number, palette: DiffPalette): string {
  const { diff, log } = titled;
  const all = [...diff.changes, ...(diff.sessions?.changes ?? [])];
  const titles = all.map((change) => describeDiffKind(change).length);
  const counts = all.map(({ count }) => formatCount(count).length);
  const columns = [Math.max(...titles), Math.max(...counts)] as const;
  const notes = listDiffNotes(diff).map((note) => displayText(withBackticks(note)));
  const head = [palette.strong(displayText(diffSummaryWords(titled))), ...notes];
  const blocks = diff.changes.map((change) => [
    formatTitle(change, columns, palette),
    ...(log === undefined ? [] : [`  ${describeLines(change)}`]),
    ...change.examples.flatMap((example, index) => [
      ...(index === 0 ? [] : ['']),
      ...formatExample(example, change, log === undefined, width, palette),
    ]),
  ]);
  const blocksOfSessions =
    diff.sessions === undefined ? [] : buildSessionBlocks(diff.sessions, columns, palette);
  return `${[head, ...blocks, ...blocksOfSessions].map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** Returns a block for each change, with the log of a session that `nhipol simulate` replays. */
function buildSessionBlocks(
  sessions: SessionsDiff,
  columns: readonly [number, number],
  palette: DiffPalette,
): readonly (readonly string[])[] {
  const blocks = sessions.changes.map((change) => [
    formatTitle(change, columns, palette),
    ...formatEventLines(change.example.events).map((line) => `    ${displayText(line)}`),
    ...listCircumstances(change.example).map((words) => `    ${displayText(words)}`),
    ...answerLines(change.example, change, palette),
  ]);
  return [[palette.strong(describeSessionsDiff(sessions))], ...blocks];
}

/** Returns the events, with consecutive repetitions counted. */
function formatEventLines(events: string): readonly string[] {
  const runs: { readonly line: string; count: number }[] = [];
  for (const line of events.trimEnd().split('\n')) {
    const last = runs.at(-1);
    if (last?.line === line) last.count += 1;
    else runs.push({ line, count: 1 });
  }
  return runs.map(({ line, count }) => (count === 1 ? line : `${line} (${count} times)`));
}

function formatTitle(
  change: DiffKind & { readonly count: number },
  [titles, counts]: readonly [number, number],
  palette: DiffPalette,
): string {
  const direction = directionWords[change.direction];
  const paint = choosePaint(change.direction, palette);
  const words = palette.strong(describeDiffKind(change).padEnd(titles));
  return `${words}  ${formatCount(change.count).padStart(counts)}  ${paint(direction)}`.trimEnd();
}

function choosePaint(
  direction: Direction,
  { error, warning, good }: DiffPalette,
): (text: string) => string {
  if (direction === 'looser') return error;
  return direction === 'both' ? warning : good;
}

/** Returns the lines of an example. A recorded request is identified by its line. */
function formatExample(
  example: Example,
  kind: DiffKind,
  isShown: boolean,
  width: number,
  palette: DiffPalette,
): readonly string[] {
  const { causes, line } = example;
  const because = causes.map(
    (cause, index) =>
      `${index === 0 ? 'because' : '    and'} ${displayText(withBackticks(diffCauseWords(cause, kind)))}`,
  );
  const shown = isShown
    ? [
        ...formatRequestLines(example.request, width - 4),
        ...listCircumstances(example).map(displayText),
      ]
    : [`line ${line}`];
  return [
    ...because.map((each) => `  ${each}`),
    ...shown.map((each) => `    ${each}`),
    ...answerLines(example, kind, palette),
  ];
}

function answerLines(
  { before, after }: Pick<Example, 'before' | 'after'>,
  kind: DiffKind,
  { frame }: DiffPalette,
): readonly string[] {
  return [
    `    ${frame('old:')} ${displayText(answerWords(before, kind))}`,
    `    ${frame('new:')} ${displayText(answerWords(after, kind))}`,
  ];
}

/** Returns the phrase with code in backticks. */
function withBackticks(phrase: Phrase): string {
  return phrase
    .map((part) =>
      typeof part === 'object' && 'code' in part ? `\`${part.code}\`` : readPlainText([part]),
    )
    .join('');
}
