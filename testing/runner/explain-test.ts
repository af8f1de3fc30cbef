// Why the evaluator answers the steps of a test as it does, and what of that bears on a failure.

import {
  type Clock,
  type Explanation,
  explain,
  type Policy,
  type PolicyTest,
} from '../../language/index.ts';
import { filled } from '../generate/tables.ts';
import type { Difference } from './differences.ts';
import { runTests, type StepFailure } from './run-tests.ts';
import { sameAnswer } from './same-answer.ts';
import { evaluatorSessions } from './sessions.ts';

/** For each step one explanation of each answer. `clockOf`: when a step with such an instant is judged. */
export function explainTest(
  policy: Policy,
  test: PolicyTest,
  clockOf: (now: bigint | undefined) => Clock,
): readonly (readonly Explanation[])[] {
  const told: Explanation[] = [];
  const open = evaluatorSessions(policy);
  const awaited = test.steps.flatMap(({ reasons = [] }) => reasons);
  const tell = (explanation: Explanation) => {
    told.push(explanation);
    return explanation.answer;
  };
  runTests(
    { ...policy, tests: [test] },
    (request, now, tables) => tell(explain(filled(policy, tables), request, clockOf(now), awaited)),
    (request, opens) => {
      const session = open(request, opens);
      const telling = (ask: typeof session.ask) => (now: bigint) => {
        const answer = ask(now);
        told.push(session.explain(now, awaited));
        return answer;
      };
      return { ...session, ask: telling(session.ask), judge: telling(session.judge) };
    },
  );
  return test.steps.map(({ asks }) => told.splice(0, Math.max(asks, 1)));
}

/**
 * What of an explanation tells why a step failed. Where it is another answer: the reasons that are not
 * expected, those that are awaited in vain, and what would have granted where that is expected. Where it
 * only says something else: all its reasons. undefined: the evaluator does not answer so.
 */
export function whyFailed(
  { step, expected, answer, differences }: StepFailure,
  explanations: readonly (readonly Explanation[])[],
): Explanation | undefined {
  const whole = explanations[step - 1]?.find((each) => sameAnswer(each.answer, answer));
  if (whole === undefined) return undefined;
  const differs = (...parts: readonly Difference['what'][]) =>
    differences.some(({ what }) => parts.includes(what));
  const { reasons: wanted = [], effect } = expected;
  const isOther = differs('effect', 'reasons');
  const says = isOther || differs('constraints', 'obligations');
  const reasons = whole.reasons.filter(({ id }) => says && !(isOther && wanted.includes(id)));
  const ofScores = new Set(reasons.map(({ score }) => score));
  const { grant, ...rest } = whole;
  const grants = differs('effect') && (effect === 'permit' || effect === 'narrow');
  return {
    ...rest,
    ...(grants && grant !== undefined ? { grant } : {}),
    reasons,
    scores: whole.scores.filter(({ name }) => ofScores.has(name)),
    silent: whole.silent.filter(({ id }) => isOther && wanted.includes(id)),
  };
}
