// What a module answers in a situation: to its request, or, where the policy asks for history, to the steps
// of its session, played from the beginning by a clock that stands where each step is.

import { type Answer, createSessions, type Policy } from '@nhipol/runtime';
import type { Situation } from './situations.ts';

export function answerIn(module: Policy, { asked, session }: Situation): Answer {
  if (session === undefined || module.manifest.sessions === undefined) {
    return module.decideJson(asked.request, { now: asked.now ?? 'request' });
  }
  let now = session.opens;
  const clock = { now: () => Number(now), at: () => () => undefined };
  const sessions = createSessions(module, { clock });
  const open = sessions.open('tour', JSON.parse(asked.request));
  const answers = session.steps.flatMap(({ step, request, now: at = now }) => {
    now = at;
    open.replace(JSON.parse(request));
    for (const { name, payload, time } of step.signals) {
      open.record(name, payload === undefined ? {} : JSON.parse(payload), time);
    }
    if (step.asks === 0) return [open.reevaluate()];
    return Array.from({ length: step.asks }, () => open.decide());
  });
  const last = answers.at(-1);
  if (last === undefined) throw new Error('a session without a step');
  return last;
}
