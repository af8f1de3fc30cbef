// Explains the evaluator's answers and possibilities of the steps of a test, and why a step failed.

import {
  type Explanation,
  explain,
  explainCould,
  type RequestClock,
  toPossibility,
} from '@nhipol/language';
import type { PolicyModel, PolicyTest } from '@nhipol/language/model';
import { fillTables } from '../generate/tables.ts';
import type { StepDifference } from './differences.ts';
import { runTests, type StepFailure } from './run-tests.ts';
import { isSameAnswer } from './same-answer.ts';
import { createEvaluatorSessions } from './sessions.ts';
import { isPossibility, type StepResult } from './step-result.ts';

/** One explanation of each answer, for each step. `createClock`: when a step with such an instant is evaluated. */
export function explainTest(
  policy: PolicyModel,
  test: PolicyTest,
  createClock: (now: bigint | undefined) => RequestClock,
): readonly (readonly Explanation[])[] {
  const explanations: Explanation[] = [];
  const open = createEvaluatorSessions(policy);
  const awaited = test.steps.flatMap(({ reasons = [] }) => reasons);
  const add = (explanation: Explanation) => {
    explanations.push(explanation);
    return explanation.answer;
  };
  runTests(
    { ...policy, tests: [test] },
    {
      decide: (request, now, tables) =>
        add(explain(fillTables(policy, tables), request, createClock(now), awaited)),
      could: (request, now, tables) =>
        toPossibility(add(explainCould(fillTables(policy, tables), request, createClock(now)))),
      open: (request, opens) => {
        const session = open(request, opens);
        const recordExplanation = (ask: typeof session.ask) => (now: bigint) => {
          const answer = ask(now);
          explanations.push(session.explain(now, awaited));
          return answer;
        };
        return {
          ...session,
          ask: recordExplanation(session.ask),
          judge: recordExplanation(session.judge),
          could: (changes, now) => toPossibility(add(session.explainCould(changes, now))),
        };
      },
    },
  );
  return test.steps.map(({ asks }) => explanations.splice(0, Math.max(asks, 1)));
}

/**
 * The part of an explanation that shows why a step failed. If the effect differs: the unexpected reasons, the
 * missing ones, and what would have permitted, if that is expected. Otherwise: all its reasons. `undefined` if the
 * evaluator gives another answer.
 */
export function explainStepFailure(
  { step, expected, result, differences }: StepFailure,
  explanations: readonly (readonly Explanation[])[],
): Explanation | undefined {
  const wholeExplanation = explanations[step - 1]?.find((explanation) =>
    isSameAnswer(toStepResult(explanation), result),
  );
  if (wholeExplanation === undefined || isPossibility(result)) return wholeExplanation;
  const differs = (...parts: readonly StepDifference['what'][]) =>
    differences.some(({ what }) => parts.includes(what));
  const { reasons: wanted = [], outcome } = expected;
  const isOther = differs('effect', 'reasons');
  const says = isOther || differs('constraints', 'obligations', 'lower');
  const reasons = wholeExplanation.reasons.filter(
    ({ id }) => says && !(isOther && wanted.includes(id)),
  );
  const ofScores = new Set(reasons.map(({ score }) => score));
  const { grant, ...rest } = wholeExplanation;
  const grants = differs('effect') && (outcome === 'permit' || outcome === 'narrow');
  return {
    ...rest,
    ...(grants && grant !== undefined ? { grant } : {}),
    reasons,
    scores: wholeExplanation.scores.filter(({ name }) => ofScores.has(name)),
    silent: wholeExplanation.silent.filter(({ id }) => isOther && wanted.includes(id)),
  };
}

function toStepResult({ answer, possible }: Explanation): StepResult {
  return possible === undefined ? answer : toPossibility(answer);
}
