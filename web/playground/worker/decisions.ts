// Decides requests and sessions with the evaluator, and explains each answer.

import {
  type Clock,
  type Explanation,
  explain,
  parseJson,
  type SignalError,
} from '@nhipol/language';
import { historyIn, type Policy, type TestChange } from '@nhipol/language/model';
import { formatInstant } from '@nhipol/language/types';
import { namedSources } from '@nhipol/language-server';
import { explanationHtml } from '@nhipol/reporting';
import { type Answer, stringify, toAuthZen } from '@nhipol/runtime';
import { evaluatorSessions, noTables, ownTime, signalRefusal } from '@nhipol/testing';
import type { Decided, Failed, Moment, Played, SessionStep } from './contract.ts';

const encoder = new TextEncoder();

/** In a policy with history, the request is the first one of a session: no request without a session knows its history. */
export function decide(policy: Policy, request: string, now: number): Decided {
  if (historyIn(policy).length > 0) {
    const instant = ownTime(request) ?? BigInt(now);
    const session = evaluatorSessions(policy)(request, instant);
    return decided(policy, session.ask(instant), session.explain(instant, []));
  }
  const bytes = encoder.encode(request);
  const clock: Clock = {
    now: BigInt(now),
    by: ownTime(request) !== undefined ? 'request' : 'host',
  };
  const explanation = explain(policy, bytes, clock);
  return decided(policy, explanation.answer, explanation);
}

export function play(
  policy: Policy,
  request: string,
  steps: readonly SessionStep[],
  now: number,
): Played | Failed {
  if (parseJson(request)?.kind !== 'object')
    return { failure: 'The request is not a JSON object.' };
  let instant = ownTime(request) ?? BigInt(now);
  const session = evaluatorSessions(policy)(request, instant);
  const momentAt = (answer: Answer, refused?: string): Moment => ({
    at: formatInstant(instant),
    instant: Number(instant),
    ...decided(policy, answer, session.explain(instant, [])),
    ...(refused === undefined ? {} : { refused }),
  });
  const perform = (step: SessionStep): Moment => {
    if (step.kind === 'wait') {
      instant += BigInt(step.milliseconds);
      return momentAt(session.judge(instant));
    }
    if (step.kind === 'signal') {
      const signal = { name: step.name, payload: step.payload, time: undefined };
      const refusal = signalRefusal(policy, signal);
      if (refusal === undefined) session.receive(signal, instant);
      return momentAt(session.judge(instant), refusal && refusedWords(refusal));
    }
    const changes = changesTo(step.request);
    if (changes === undefined) {
      return momentAt(session.judge(instant), 'The request is not a JSON object.');
    }
    session.change(changes, noTables);
    return momentAt(session.ask(instant));
  };
  return { moments: [momentAt(session.judge(instant)), ...steps.map(perform)] };
}

function decided(policy: Policy, answer: Answer, explanation: Explanation): Decided {
  const { effect, reasons, validUntil } = answer;
  return {
    effect,
    reasons,
    validUntil: validUntil === undefined ? undefined : formatInstant(validUntil),
    explanationHtml: explanationHtml(explanation, namedSources(policy)),
    response: stringify(toAuthZen(answer), 2),
  };
}

function refusedWords({ code, path }: SignalError): string {
  return `The signal is refused: ${code.replaceAll('_', ' ')} at ${path}.`;
}

/** A decision replaces the whole request. */
function changesTo(request: string): readonly TestChange[] | undefined {
  const json = parseJson(request);
  if (json?.kind !== 'object') return undefined;
  const whole: Readonly<Record<string, unknown>> = JSON.parse(request);
  return (['subject', 'action', 'resource', 'context'] as const).map((root) => ({
    path: [root],
    json: whole[root] === undefined ? undefined : JSON.stringify(whole[root]),
  }));
}
