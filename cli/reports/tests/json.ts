// Test runs as JSON, with answers as `eval` prints them. docs/cli.md describes the members. While `format` stays
// the same, members are only added.

import { collectPoints, measurePoints } from '@nhipol/reporting';
import { stringify } from '@nhipol/runtime';
import { buildDiagnosticsJson } from '../../output/diagnostics/json.ts';
import type {
  InvariantRun,
  PolicyRun,
  RunRequest,
  StepRun,
  TestDisagreement,
  TestRun,
} from '../../test-run/policy-run.ts';
import { copyWritable } from '../../test-run/response.ts';
import type { TestReport } from './report.ts';

export const jsonTestReport: TestReport = {
  each: () => '',

  end({ policies, milliseconds, ...counts }) {
    const { passed, failed, broken, disagreements, leftOut } = counts;
    const report = {
      format: 'nhipol-test/1',
      passed,
      failed,
      broken,
      disagreements,
      left_out: leftOut,
      milliseconds: roundTime(milliseconds),
      policies: policies.map(buildPolicyJson),
    };
    return `${stringify(report, 2)}\n`;
  },
};

function buildPolicyJson(run: PolicyRun) {
  const { path, policy, tests, invariants, disagreements, coverage, leftOut, milliseconds } = run;
  return {
    path,
    policy: policy ?? null,
    engines: run.engines,
    milliseconds: roundTime(milliseconds),
    ...buildDiagnosticsJson(run),
    tests: tests.map(testJson),
    invariants: invariants.map(buildInvariantJson),
    disagreements: disagreements.map(buildDisagreementJson),
    coverage: coverage === undefined ? null : measurePoints(collectPoints(coverage)),
    left_out: leftOut,
  };
}

function testJson({ name, place, passed, steps, milliseconds }: TestRun) {
  return {
    name,
    ...place,
    passed,
    milliseconds: roundTime(milliseconds),
    steps: steps.map(buildStepJson),
  };
}

function buildStepJson({ place, response, differences, why, disagreement }: StepRun) {
  return {
    ...place,
    passed: differences.length === 0 && disagreement === undefined,
    response: copyWritable(response),
    differences,
    explanation: why ?? null,
    disagreement: disagreement === undefined ? null : buildDisagreementJson(disagreement),
  };
}

function buildInvariantJson({ name, place, tried, counterexample }: InvariantRun) {
  return {
    name,
    ...place,
    tried,
    passed: counterexample === undefined,
    counterexample:
      counterexample === undefined
        ? null
        : { ...queryJson(counterexample), response: copyWritable(counterexample.response) },
  };
}

function buildDisagreementJson(disagreement: TestDisagreement) {
  const { evaluator, module } = disagreement;
  return {
    ...queryJson(disagreement),
    evaluator: copyWritable(evaluator),
    wasm: copyWritable(module),
  };
}

/** The request and tables are JSON strings, which keep all digits. */
function queryJson({ request, now, tables }: RunRequest) {
  return { request, now: now ?? null, tables: Object.fromEntries(tables) };
}

function roundTime(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
