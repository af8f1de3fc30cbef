// Evaluates a situation with a module: its request or, if the policy uses history, the steps
// of its session from the beginning, with a clock that shows the instant of each step.

import { type Answer, createSessions, type Policy } from '@nhipol/runtime';
import type { Situation } from './situations.ts';

export function answerSituation(module: Policy, { query, session }: Situation): Answer {
  if (session === undefined || module.manifest.sessions === undefined) {
    return module.decideJson(query.request, { now: query.now ?? 'request' });
  }
  let now = session.opens;
  const clock = { now: () => Number(now), at: () => () => undefined };
  const sessions = createSessions(module, { clock });
  const open = sessions.open('tour', JSON.parse(query.request));
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
