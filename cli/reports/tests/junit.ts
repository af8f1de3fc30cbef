// Test runs as JUnit XML for Jenkins and others: a suite for each policy, a case for each test and invariant. An
// unexpected answer is a failure; errors of a policy and disagreements of the engines are errors.

import { plain, render, summarize } from '@nhipol/language';
import { buildColors, defaultWidth } from '../../io/console.ts';
import type { PlaceInFile, PolicyRun, TestRun } from '../../test-run/policy-run.ts';
import { formatCounterexample, formatDisagreement, printFailures } from './failure-lines.ts';
import type { ReportStyle, TestReport } from './report.ts';
import { escapeXmlText, formatElement } from './xml.ts';

/** Lines without colors, since no terminal shows them. */
const look: ReportStyle = { colors: buildColors(false), width: defaultWidth };

interface Case {
  readonly name: string;
  readonly place?: PlaceInFile;
  readonly milliseconds?: number;
  readonly fault?: {
    readonly kind: 'failure' | 'error';
    readonly type: 'expectation' | 'invariant' | 'disagreement' | 'policy';
    /** A single line. */
    readonly message: string;
    readonly lines: readonly string[];
  };
}

export const junit: TestReport = {
  each: () => '',

  end({ policies, milliseconds }) {
    const all = policies.map((run) => ({ run, cases: listCases(run) }));
    const suites = all.map(({ run, cases }) => formatSuite(run, cases));
    const counts = countCases(all.flatMap(({ cases }) => cases));
    const attributes = { name: 'nhipol', ...counts, time: formatSeconds(milliseconds) };
    const whole = formatElement('testsuites', attributes, '\n', ...suites);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${whole}\n`;
  },
};

function formatSuite({ path, policy, milliseconds }: PolicyRun, cases: readonly Case[]): string {
  const attributes = {
    name: path,
    ...countCases(cases),
    skipped: 0,
    time: formatSeconds(milliseconds),
  };
  const classname = policy?.name ?? path;
  return `  ${formatElement('testsuite', attributes, '\n', ...cases.map((each) => `    ${formatCase(each, classname)}\n`), '  ')}\n`;
}

function formatCase({ name, place, milliseconds, fault }: Case, classname: string): string {
  const attributes = {
    name,
    classname,
    file: place?.file,
    line: place?.line,
    time: milliseconds === undefined ? undefined : formatSeconds(milliseconds),
  };
  if (fault === undefined) return formatElement('testcase', attributes);
  const { kind, type, message, lines } = fault;
  return formatElement(
    'testcase',
    attributes,
    formatElement(kind, { message, type }, escapeXmlText(lines.join('\n'))),
  );
}

function listCases(run: PolicyRun): readonly Case[] {
  const { path, policy, diagnostics, sources, tests, invariants, disagreements } = run;
  if (policy === undefined) {
    const lines = render(diagnostics, sources, plain).trimEnd().split('\n');
    const message = summarize(diagnostics);
    return [{ name: path, fault: { kind: 'error', type: 'policy', message, lines } }];
  }
  return [
    ...tests.map(createCase),
    ...invariants.map(
      ({ name, place, counterexample }): Case => ({
        name: `invariant ${name}`,
        place,
        ...(counterexample && {
          fault: {
            kind: 'failure',
            type: 'invariant',
            message: 'a request refutes it',
            lines: formatCounterexample(counterexample),
          },
        }),
      }),
    ),
    ...disagreements.map(
      (disagreement): Case => ({
        name: 'requests of invariants',
        fault: {
          kind: 'error',
          type: 'disagreement',
          message: disagree,
          lines: formatDisagreement(disagreement, look),
        },
      }),
    ),
  ];
}

const disagree = 'evaluator and module disagree';

function createCase(test: TestRun): Case {
  const { name, place, passed, steps, milliseconds } = test;
  if (passed) return { name, place, milliseconds };
  const lines = printFailures(test, look);
  const isOfEngines = steps.some(({ disagreement }) => disagreement !== undefined);
  const differences = steps.flatMap((step) => step.differences);
  const message = differences.map(
    ({ what, expected, got }) => `${what}: expected ${expected}, got ${got}`,
  );
  return {
    name,
    place,
    milliseconds,
    fault: isOfEngines
      ? { kind: 'error', type: 'disagreement', message: disagree, lines }
      : { kind: 'failure', type: 'expectation', message: message.join('; '), lines },
  };
}

function countCases(cases: readonly Case[]) {
  const count = (kind: string) => cases.filter(({ fault }) => fault?.kind === kind).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error') };
}

function formatSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
