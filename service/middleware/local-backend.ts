// Decisions by a decision point in the same process.

import { toAuthZen } from '@nhipol/runtime';
import { sessionClosed } from '../client/service-error.ts';
import type { DecisionPoint } from '../pdp/decision-point.ts';
import { traceIdIn } from '../support/trace-id.ts';
import { type Backend, Listeners } from './backend.ts';

export function localBackend(point: DecisionPoint): Backend {
  const listeners = new Listeners();
  let stop: (() => void) | undefined;
  const listen = () => {
    const ends = [
      point.sessions.listen(({ id, answer }) => {
        listeners.notify(id, { kind: 'changed', evaluation: toAuthZen(answer) });
      }),
      point.sessions.listenForClosing((id) => {
        listeners.notify(id, { kind: 'lost', error: sessionClosed() });
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  };
  return {
    decide: async (request, { session, traceparent }) => {
      const asking = { endpoint: 'middleware', session, traceId: traceIdIn(traceparent) } as const;
      const { decision, context = {} } = await point.evaluated({ ...request }, asking);
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
