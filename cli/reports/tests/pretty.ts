// Test runs as text: each test and invariant with a mark, failures with their explanations, and the counts.

import { displayText } from '@nhipol/language/support';
import { seconds } from '../../output/seconds.ts';
import type { InvariantRun, TestRun } from '../../test-run/policy-run.ts';
import {
  counterexampleLines,
  disagreementLines,
  indented,
  placeText,
  testLines,
} from './failure-lines.ts';
import type { Look, TestReport } from './report.ts';

export const pretty: TestReport = {
  each(run, look) {
    const { path, tests, invariants, disagreements, leftOut } = run;
    const isLeftOut = leftOut > 0 && tests.length + invariants.length === 0;
    if (run.policy === undefined || isLeftOut) return '';
    const { strong, frame } = look.colors;
    const lines = [
      `${strong(displayText(path))} ${frame(`(${seconds(run.milliseconds)})`)}`,
      ...tests.flatMap((test) => titledTestLines(test, look)),
      ...invariants.flatMap((invariant) => invariantLines(invariant, look)),
      ...disagreements.flatMap((disagreement) => [
        ...marked(false, 'a request of the invariants', look),
        ...indented(disagreementLines(disagreement, look), '        '),
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
    const all = `${policies.length} policies ${colors.frame(`(${seconds(milliseconds)})`)}\n`;
    return `${policies.length > 1 ? all : ''}${paint(counts.join(', '))}\n`;
  },
};

function titledTestLines(test: TestRun, look: Look): readonly string[] {
  return [
    ...marked(test.passed, displayText(test.name), look),
    ...indented(testLines(test, look), '      '),
  ];
}

function invariantLines(
  { name, place, tried, counterexample }: InvariantRun,
  look: Look,
): readonly string[] {
  const named = `invariant ${displayText(name)}`;
  if (counterexample === undefined) {
    const tries =
      tried === 0 ? 'no request that it applies to was tried' : `not refuted by ${tried} requests`;
    return marked(true, `${named} (${tries})`, look);
  }
  return [
    ...marked(false, named, look),
    `      ${look.colors.frame(placeText(place))}`,
    ...indented(counterexampleLines(counterexample), '        '),
  ];
}

function marked(passed: boolean, text: string, { colors }: Look): readonly string[] {
  return [`  ${passed ? colors.good('✓') : colors.error('✗')} ${text}`];
}
