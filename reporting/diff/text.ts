// What two versions of a policy answer otherwise, for the terminal: a block for each kind of change,
// with what brought it about, the request, and both answers.

import type { Palette } from '../../language/diagnostics/render.ts';
import { displayText } from '../../language/support/display.ts';
import type { Bearing, Example, Kind, SessionsDiff } from '../../testing/diff/policy-diff.ts';
import { type Phrase, plainText } from '../pages/phrase.ts';
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

export type DiffPalette = Pick<Palette, 'strong' | 'warning' | 'error' | 'frame'> & {
  readonly good: (text: string) => string;
};

/** `width`: of a line, in characters. */
export function diffText(titled: TitledDiff, width: number, palette: DiffPalette): string {
  const { diff, log } = titled;
  const all = [...diff.changes, ...(diff.sessions?.changes ?? [])];
  const titles = all.map((change) => kindWords(change).length);
  const counts = all.map(({ count }) => grouped(count).length);
  const columns = [Math.max(...titles), Math.max(...counts)] as const;
  const notes = notesOf(diff).map((note) => displayText(spoken(note)));
  const head = [palette.strong(displayText(summaryWords(titled))), ...notes];
  const blocks = diff.changes.map((change) => [
    title(change, columns, palette),
    ...(log === undefined ? [] : [`  ${linesWords(change)}`]),
    ...change.examples.flatMap((example, index) => [
      ...(index === 0 ? [] : ['']),
      ...exampleLines(example, change, log === undefined, width, palette),
    ]),
  ]);
  const ofSessions =
    diff.sessions === undefined ? [] : sessionBlocks(diff.sessions, columns, palette);
  return `${[head, ...blocks, ...ofSessions].map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** Each change with a log of a session that can be replayed. */
function sessionBlocks(
  sessions: SessionsDiff,
  columns: readonly [number, number],
  palette: DiffPalette,
): readonly (readonly string[])[] {
  const blocks = sessions.changes.map((change) => [
    title(change, columns, palette),
    ...eventLines(change.example.events).map((line) => `    ${displayText(line)}`),
    ...circumstances(change.example).map((told) => `    ${displayText(told)}`),
    ...answerLines(change.example, change, palette),
  ]);
  return [[palette.strong(sessionsWords(sessions))], ...blocks];
}

/** What is told many times on end is told once, with how often. */
function eventLines(events: string): readonly string[] {
  const told: { readonly line: string; count: number }[] = [];
  for (const line of events.trimEnd().split('\n')) {
    const last = told.at(-1);
    if (last?.line === line) last.count += 1;
    else told.push({ line, count: 1 });
  }
  return told.map(({ line, count }) => (count === 1 ? line : `${line} ${count} times`));
}

function title(
  change: Kind & { readonly count: number },
  [titles, counts]: readonly [number, number],
  palette: DiffPalette,
): string {
  const bearing = bearingWords[change.bearing];
  const paint = paintOf(change.bearing, palette);
  const words = palette.strong(kindWords(change).padEnd(titles));
  return `${words}  ${grouped(change.count).padStart(counts)}  ${paint(bearing)}`.trimEnd();
}

function paintOf(
  bearing: Bearing,
  { error, warning, good }: DiffPalette,
): (text: string) => string {
  if (bearing === 'looser') return error;
  return bearing === 'both' ? warning : good;
}

/** A request of a log is told by its line. */
function exampleLines(
  example: Example,
  kind: Kind,
  isShown: boolean,
  width: number,
  palette: DiffPalette,
): readonly string[] {
  const { causes, line } = example;
  const because = causes.map(
    (cause, index) =>
      `${index === 0 ? 'because' : '    and'} ${displayText(spoken(causeWords(cause, kind)))}`,
  );
  const shown = isShown
    ? [...requestLines(example.request, width - 4), ...circumstances(example).map(displayText)]
    : [`line ${line}`];
  return [
    ...because.map((each) => `  ${each}`),
    ...shown.map((each) => `    ${each}`),
    ...answerLines(example, kind, palette),
  ];
}

function answerLines(
  { before, after }: Pick<Example, 'before' | 'after'>,
  kind: Kind,
  { frame }: DiffPalette,
): readonly string[] {
  return [
    `    ${frame('old:')} ${displayText(answerWords(before, kind))}`,
    `    ${frame('new:')} ${displayText(answerWords(after, kind))}`,
  ];
}

/** Names in backticks. */
function spoken(phrase: Phrase): string {
  return phrase
    .map((part) =>
      typeof part === 'object' && 'code' in part ? `\`${part.code}\`` : plainText([part]),
    )
    .join('');
}
