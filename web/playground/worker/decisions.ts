// Decides requests and sessions with the evaluator, and explains each answer.

import {
  type Explanation,
  explain,
  parseJson,
  type RequestClock,
  type SignalError,
} from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel, type TestChange } from '@nhipol/language/model';
import { formatInstant } from '@nhipol/language/types';
import { nameSources } from '@nhipol/language-server';
import { renderExplanationHtml } from '@nhipol/reporting';
import { type Answer, stringify, toAuthZen } from '@nhipol/runtime';
import {
  createEvaluatorSessions,
  findSignalRefusal,
  noTables,
  readContextTime,
} from '@nhipol/testing';
import type { Failed, Moment, Played, PlaygroundStep, ShownAnswer } from './contract.ts';

const encoder = new TextEncoder();

/** In a policy with history, the request is the first one of a session: no request without a session knows its history. */
export function decideRequest(policy: PolicyModel, request: string, now: number): ShownAnswer {
  if (collectPolicyHistory(policy).length > 0) {
    const instant = readContextTime(request) ?? BigInt(now);
    const session = createEvaluatorSessions(policy)(request, instant);
    return toShownAnswer(policy, session.ask(instant), session.explain(instant, []));
  }
  const bytes = encoder.encode(request);
  const clock: RequestClock = {
    now: BigInt(now),
    precedence: readContextTime(request) !== undefined ? 'request' : 'host',
  };
  const explanation = explain(policy, bytes, clock);
  return toShownAnswer(policy, explanation.answer, explanation);
}

export function playSession(
  policy: PolicyModel,
  request: string,
  steps: readonly PlaygroundStep[],
  now: number,
): Played | Failed {
  if (parseJson(request)?.kind !== 'object')
    return { failure: 'The request is not a JSON object.' };
  let instant = readContextTime(request) ?? BigInt(now);
  const session = createEvaluatorSessions(policy)(request, instant);
  const createMoment = (answer: Answer, refused?: string): Moment => ({
    at: formatInstant(instant),
    instant: Number(instant),
    ...toShownAnswer(policy, answer, session.explain(instant, [])),
    ...(refused === undefined ? {} : { refused }),
  });
  const perform = (step: PlaygroundStep): Moment => {
    if (step.kind === 'wait') {
      instant += BigInt(step.milliseconds);
      return createMoment(session.judge(instant));
    }
    if (step.kind === 'signal') {
      const signal = { name: step.name, payload: step.payload, time: undefined };
      const refusal = findSignalRefusal(policy, signal);
      if (refusal === undefined) session.receive(signal, instant);
      return createMoment(session.judge(instant), refusal && describeRefusal(refusal));
    }
    const changes = toChanges(step.request);
    if (changes === undefined) {
      return createMoment(session.judge(instant), 'The request is not a JSON object.');
    }
    session.change(changes, noTables);
    return createMoment(session.ask(instant));
  };
  return { moments: [createMoment(session.judge(instant)), ...steps.map(perform)] };
}

function toShownAnswer(policy: PolicyModel, answer: Answer, explanation: Explanation): ShownAnswer {
  const { effect, reasons, validUntil } = answer;
  return {
    effect,
    reasons,
    validUntil: validUntil === undefined ? undefined : formatInstant(validUntil),
    explanationHtml: renderExplanationHtml(explanation, nameSources(policy)),
    response: stringify(toAuthZen(answer), 2),
  };
}

function describeRefusal({ code, path }: SignalError): string {
  return `The signal is refused: ${code.replaceAll('_', ' ')} at ${path}.`;
}

/** A decision replaces the whole request. */
function toChanges(request: string): readonly TestChange[] | undefined {
  const json = parseJson(request);
  if (json?.kind !== 'object') return undefined;
  const whole: Readonly<Record<string, unknown>> = JSON.parse(request);
  return (['subject', 'action', 'resource', 'context'] as const).map((root) => ({
    path: [root],
    json: whole[root] === undefined ? undefined : JSON.stringify(whole[root]),
  }));
}
