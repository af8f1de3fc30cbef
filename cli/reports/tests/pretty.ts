// Test runs as text: each test and invariant with a mark, failures with their explanations, and the counts.

import { displayText } from '@nhipol/language/support';
import { formatElapsed } from '../../output/seconds.ts';
import type { InvariantRun, TestRun } from '../../test-run/policy-run.ts';
import {
  formatCounterexample,
  formatDisagreement,
  formatPlaceInFile,
  indentLines,
  printFailures,
} from './failure-lines.ts';
import type { ReportStyle, TestReport } from './report.ts';

export const prettyTestReport: TestReport = {
  each(run, look) {
    const { path, tests, invariants, disagreements, leftOut } = run;
    const isLeftOut = leftOut > 0 && tests.length + invariants.length === 0;
    if (run.policy === undefined || isLeftOut) return '';
    const { strong, frame } = look.colors;
    const lines = [
      `${strong(displayText(path))} ${frame(`(${formatElapsed(run.milliseconds)})`)}`,
      ...tests.flatMap((test) => printTest(test, look)),
      ...invariants.flatMap((invariant) => formatInvariantRun(invariant, look)),
      ...disagreements.flatMap((disagreement) => [
        ...markLine(false, 'a request of the invariants', look),
        ...indentLines(formatDisagreement(disagreement, look), '        '),
      ]),
    ];
    return lines.map((line) => `${line}\n`).join('');
  },

  end(total, { colors }) {
    const { passed, failed, broken, policies, milliseconds } = total;
    const isFine = failed === 0 && broken === 0;
    const paint = isFine ? colors.good : colors.error;
    const counts = [
      `${passed} passed, ${failed} failed`,
      ...(total.leftOut > 0 ? [`${total.leftOut} left out`] : []),
      ...(broken > 0 ? [`${broken} of ${policies.length} policies have errors`] : []),
    ];
    const all = `${policies.length} policies ${colors.frame(`(${formatElapsed(milliseconds)})`)}\n`;
    return `${policies.length > 1 ? all : ''}${paint(counts.join(', '))}\n`;
  },
};

function printTest(test: TestRun, look: ReportStyle): readonly string[] {
  return [
    ...markLine(test.passed, displayText(test.name), look),
    ...indentLines(printFailures(test, look), '      '),
  ];
}

function formatInvariantRun(
  { name, place, tried, counterexample }: InvariantRun,
  look: ReportStyle,
): readonly string[] {
  const named = `invariant ${displayText(name)}`;
  if (counterexample === undefined) {
    const tries =
      tried === 0 ? 'no request that it applies to was tried' : `not refuted by ${tried} requests`;
    return markLine(true, `${named} (${tries})`, look);
  }
  return [
    ...markLine(false, named, look),
    `      ${look.colors.frame(formatPlaceInFile(place))}`,
    ...indentLines(formatCounterexample(counterexample), '        '),
  ];
}

function markLine(passed: boolean, text: string, { colors }: ReportStyle): readonly string[] {
  return [`  ${passed ? colors.good('✓') : colors.error('✗')} ${text}`];
}
