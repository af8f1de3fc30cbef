// Decisions by a decision point in the same process.

import { toAuthZen } from '@nhipol/runtime';
import { createSessionClosedError } from '../client/service-error.ts';
import type { DecisionPoint } from '../pdp/decision-point.ts';
import { readTraceId } from '../support/trace-id.ts';
import { type Backend, Listeners } from './backend.ts';

export function localBackend(point: DecisionPoint): Backend {
  const listeners = new Listeners();
  let stop: (() => void) | undefined;
  const listen = () =>
    point.sessions.listen((event) => {
      if (event.kind === 'closed') {
        listeners.notify(event.id, { kind: 'lost', error: createSessionClosedError() });
        return;
      }
      const { id, answer } = event.change;
      listeners.notify(id, { kind: 'changed', evaluation: toAuthZen(answer) });
    });
  return {
    decide: async (request, { session, traceparent }) => {
      const asking = {
        endpoint: 'middleware',
        session,
        traceId: readTraceId(traceparent),
      } as const;
      const { decision, context = {} } = await point.evaluateShown({ ...request }, asking);
      return { decision, context };
    },
    watch: async (session, listener) => {
      stop ??= listen();
      const remove = listeners.add(session, listener);
      return () => {
        remove();
        if (listeners.sessions.length > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}
