// Failures as lines for people: what is expected and what came, as a diff, and why; and what evaluator and
// module said where they disagree. The same lines go to the terminal and into other reports.

import { stringify } from '@nhipol/runtime';
import { displayText } from '../../../language/support/display.ts';
import { counted } from '../../../language/support/words.ts';
import type { Difference } from '../../../testing/runner/differences.ts';
import { tellTables } from '../../output/print-invariant.ts';
import type {
  Asked,
  Disagreement,
  InvariantRun,
  PlaceInFile,
  StepRun,
  TestRun,
} from '../../test-run/policy-run.ts';
import { writable } from '../../test-run/response.ts';
import type { Look } from './report.ts';

/** More members than these are only counted. */
const mostMembers = 20;

const margin = 6;

export function tellPlace({ file, line, column }: PlaceInFile): string {
  return `${displayText(file)}:${line}:${column}`;
}

/** For each step that failed its place, and what is wrong with it. */
export function tellTest({ steps }: TestRun, look: Look): readonly string[] {
  return steps.flatMap((step, index) => {
    const { differences, disagreement } = step;
    if (differences.length === 0 && disagreement === undefined) return [];
    const which = steps.length > 1 ? ` (step ${index + 1})` : '';
    const { error, good, frame } = look.colors;
    const signs = differences.length === 0 ? '' : `: ${error('- expected')} ${good('+ got')}`;
    return [
      `${frame(tellPlace(step.place))}${which}${signs}`,
      ...indented([
        ...differences.flatMap((difference) => tellDifference(difference, look)),
        ...tellWhy(step),
        ...(disagreement === undefined ? [] : tellDisagreement(disagreement, look)),
      ]),
    ];
  });
}

function tellWhy({ why }: StepRun): readonly string[] {
  return why === undefined ? [] : ['', ...why.split('\n')];
}

/** Both sides in full, or where they are long what only one of them has. */
function tellDifference(
  { what, expected, got, missing, extra }: Difference,
  { colors, width }: Look,
): readonly string[] {
  const minus = (text: string) => colors.error(`- ${displayText(text)}`);
  const plus = (text: string) => colors.good(`+ ${displayText(text)}`);
  const name = what.padEnd(longestName);
  const longest = Math.max(expected.length, got.length);
  if (longest + longestName + margin <= width || missing.length + extra.length === 0) {
    return [`${minus(`${name} ${expected}`)}`, `${plus(`${name} ${got}`)}`];
  }
  const counts = [
    ...(missing.length > 0 ? [`${missing.length} missing`] : []),
    ...(extra.length > 0 ? [`${extra.length} not expected`] : []),
  ];
  return [
    `  ${what}: ${counts.join(', ')}`,
    ...members(missing).map(minus),
    ...members(extra).map(plus),
  ];
}

const longestName = 'constraints'.length;

function members(all: readonly string[]): readonly string[] {
  const hidden = all.length - mostMembers;
  return hidden <= 0 ? all : [...all.slice(0, mostMembers), `… ${counted(hidden, 'more', 'more')}`];
}

export function tellCounterexample(
  counterexample: NonNullable<InvariantRun['counterexample']>,
): readonly string[] {
  const { effect, reasons } = counterexample.response.context;
  return [
    `answer  ${effect}, because ${displayText(reasons.join(', '))}`,
    ...tellAsked(counterexample),
  ];
}

export function tellDisagreement(disagreement: Disagreement, { colors }: Look): readonly string[] {
  const said = (response: Disagreement['module']) => displayText(stringify(writable(response)));
  return [
    colors.error(
      'evaluator and module disagree: this is a bug in nhipol. Please report it with the policy.',
    ),
    `evaluator ${said(disagreement.evaluator)}`,
    `module    ${said(disagreement.module)}`,
    ...tellAsked(disagreement),
  ];
}

function tellAsked({ request, now, tables }: Asked): readonly string[] {
  return [
    `now     ${now ?? "the request's"}`,
    `request ${displayText(request)}`,
    ...tellTables(tables),
  ];
}

export function indented(lines: readonly string[], by = '  '): readonly string[] {
  return lines.map((line) => (line === '' ? line : by + line));
}
