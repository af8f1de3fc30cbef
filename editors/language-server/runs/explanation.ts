// The explanation of one decision: of a step of a test, or of a request.

import { type Explanation, explain, type RequestClock } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { formatInstant, parseInstant } from '@nhipol/language/types';
import { renderExplanationHtml, renderExplanationMarkdown } from '@nhipol/reporting';
import { createEvaluatorTestEngine, explainTest, runTests } from '@nhipol/testing';
import type { PolicyAnalysis } from '../analysis.ts';
import { hasTestName, listTests } from '../index/tests.ts';
import type { ExplainParams, ExplainResult } from '../protocol.ts';
import { nameSources } from './named-sources.ts';
import { chooseStepClock } from './test-report.ts';

type Wanted = Omit<ExplainParams, 'textDocument'>;

/** `clock`: the time of requests without one. */
export function explainTestOrRequest(
  analysis: PolicyAnalysis,
  { test, step, request, now }: Wanted,
  clock: bigint,
): ExplainResult {
  const { policy } = analysis.complete();
  if (policy === undefined) return { error: 'the policy has errors' };
  const instant = now === undefined ? undefined : parseInstant(now);
  if (now !== undefined && instant === undefined) {
    return { error: `${JSON.stringify(now)} is not an instant such as 2026-01-31T12:00:00Z` };
  }
  const found =
    request !== undefined
      ? explainRequest(policy, request, chooseStepClock(instant, clock))
      : test !== undefined
        ? explainStep(analysis, policy, test, step, instant ?? clock)
        : 'either a test or a request is needed';
  return typeof found === 'string' ? { error: found } : toExplainResult(found, policy);
}

function explainRequest(
  policy: PolicyModel,
  request: object | string,
  clock: RequestClock,
): Explanation {
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  return explain(policy, new TextEncoder().encode(text), clock);
}

function explainStep(
  analysis: PolicyAnalysis,
  policy: PolicyModel,
  name: string,
  step: number | undefined,
  now: bigint,
): Explanation | string {
  const listed = listTests(analysis).find((listedTest) => hasTestName(listedTest, name));
  const test = policy.tests.find(
    ({ span }) => span.file === listed?.nameSpan.file && span.start === listed.nameSpan.start,
  );
  if (test === undefined) return `there is no test ${JSON.stringify(name)}`;
  const chosen = step ?? findFailingStep(policy, test, now) ?? test.steps.length;
  const explanations = explainTest(policy, test, (instant) => chooseStepClock(instant, now));
  return explanations[chosen - 1]?.at(-1) ?? `the test has no step ${chosen}`;
}

function findFailingStep(
  policy: PolicyModel,
  test: PolicyModel['tests'][number],
  now: bigint,
): number | undefined {
  const engine = createEvaluatorTestEngine(policy, { otherwise: now });
  const [result] = runTests({ ...policy, tests: [test] }, engine);
  return result?.failures[0]?.step;
}

function toExplainResult(explanation: Explanation, policy: PolicyModel): ExplainResult {
  const sources = nameSources(policy);
  const { answer, possible } = explanation;
  const { validUntil } = answer;
  const effect = possible === undefined ? answer.effect : possible ? 'possible' : 'impossible';
  return {
    markdown: renderExplanationMarkdown(explanation, sources),
    html: renderExplanationHtml(explanation, sources),
    effect,
    ...(validUntil === undefined ? {} : { validUntil: formatInstant(validUntil) }),
  };
}
