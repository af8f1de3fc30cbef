// Test failures as lines for people: the expected and the actual answer as a diff with an explanation, and the
// disagreements of evaluator and module. The terminal and other reports use the same lines.

import { displayText, pluralize } from '@nhipol/language/support';
import { stringify } from '@nhipol/runtime';
import type { StepDifference } from '@nhipol/testing';
import { formatTableLines } from '../../output/invariant-lines.ts';
import type {
  InvariantRun,
  PlaceInFile,
  RunRequest,
  StepRun,
  TestDisagreement,
  TestRun,
} from '../../test-run/policy-run.ts';
import { copyWritable } from '../../test-run/response.ts';
import type { ReportStyle } from './report.ts';

/** The number of members to print; further ones are counted. */
const maxMembers = 20;

const margin = 6;

export function formatPlaceInFile({ file, line, column }: PlaceInFile): string {
  return `${displayText(file)}:${line}:${column}`;
}

/** The place and the differences of each failed step. */
export function printFailures({ steps }: TestRun, look: ReportStyle): readonly string[] {
  return steps.flatMap((step, index) => {
    const { differences, disagreement } = step;
    if (differences.length === 0 && disagreement === undefined) return [];
    const which = steps.length > 1 ? ` (step ${index + 1})` : '';
    const { error, good, frame } = look.colors;
    const signs = differences.length === 0 ? '' : `: ${error('- expected')} ${good('+ got')}`;
    return [
      `${frame(formatPlaceInFile(step.place))}${which}${signs}`,
      ...indentLines([
        ...differences.flatMap((difference) => formatStepDifference(difference, look)),
        ...formatExplanation(step),
        ...(disagreement === undefined ? [] : formatDisagreement(disagreement, look)),
      ]),
    ];
  });
}

function formatExplanation({ why }: StepRun): readonly string[] {
  return why === undefined ? [] : ['', ...why.split('\n')];
}

/** Both sides in full, or only the missing and unexpected members if they are too long for a line. */
function formatStepDifference(
  { what, expected, got, missing, extra }: StepDifference,
  { colors, width }: ReportStyle,
): readonly string[] {
  const minus = (text: string) => colors.error(`- ${displayText(text)}`);
  const plus = (text: string) => colors.good(`+ ${displayText(text)}`);
  const name = what.padEnd(nameWidth);
  const length = Math.max(expected.length, got.length);
  if (length + nameWidth + margin <= width || missing.length + extra.length === 0) {
    return [`${minus(`${name} ${expected}`)}`, `${plus(`${name} ${got}`)}`];
  }
  const counts = [
    ...(missing.length > 0 ? [`${missing.length} missing`] : []),
    ...(extra.length > 0 ? [`${extra.length} unexpected`] : []),
  ];
  return [
    `  ${what}: ${counts.join(', ')}`,
    ...formatMembers(missing).map(minus),
    ...formatMembers(extra).map(plus),
  ];
}

const nameWidth = 'constraints'.length;

function formatMembers(all: readonly string[]): readonly string[] {
  const hidden = all.length - maxMembers;
  return hidden <= 0
    ? all
    : [...all.slice(0, maxMembers), `… ${pluralize(hidden, 'more', 'more')}`];
}

export function formatCounterexample(
  counterexample: NonNullable<InvariantRun['counterexample']>,
): readonly string[] {
  const { effect, reasons } = counterexample.response.context;
  return [
    `answer  ${effect}, because ${displayText(reasons.join(', '))}`,
    ...queryLines(counterexample),
  ];
}

export function formatDisagreement(
  disagreement: TestDisagreement,
  { colors }: ReportStyle,
): readonly string[] {
  const printResponse = (response: TestDisagreement['module']) =>
    displayText(stringify(copyWritable(response)));
  return [
    colors.error(
      'evaluator and module disagree: this is a bug in nhipol. Please report it with the policy.',
    ),
    `evaluator ${printResponse(disagreement.evaluator)}`,
    `module    ${printResponse(disagreement.module)}`,
    ...queryLines(disagreement),
  ];
}

function queryLines({ request, now, tables }: RunRequest): readonly string[] {
  return [
    `now     ${now ?? 'the time of the request'}`,
    `request ${displayText(request)}`,
    ...formatTableLines(tables),
  ];
}

export function indentLines(lines: readonly string[], by = '  '): readonly string[] {
  return lines.map((line) => (line === '' ? line : by + line));
}
