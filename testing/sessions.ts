// Sessions of the evaluator, as tests drive them.

import {
  type Answered,
  decideIn,
  openSession,
  type Policy,
  patchSession,
  recordSignal,
  reevaluate,
} from '../language/index.ts';
import type { OpenSession } from './run-tests.ts';
import { filled, noTables } from './tables.ts';

export function evaluatorSessions(policy: Policy): OpenSession {
  return (request, opens) => {
    let session = openSession(request, opens);
    let current = policy;
    let held = noTables;
    const keep = ({ answer, session: after }: Answered) => {
      session = after;
      return answer;
    };
    return {
      change: (changes, tables) => {
        session = patchSession(session, changes);
        if (tables !== held) current = filled(policy, tables);
        held = tables;
      },
      receive: ({ name, payload, time }, now) => {
        const told = payload === undefined ? undefined : new TextEncoder().encode(payload);
        const recorded = recordSignal(current, session, { name, payload: told, time }, now);
        if ('error' in recorded) throw new Error(`broken invariant: ${name} was checked`);
        session = recorded.session;
      },
      ask: (now) => keep(decideIn(current, session, now)),
      judge: (now) => keep(reevaluate(current, session, now)),
    };
  };
}
