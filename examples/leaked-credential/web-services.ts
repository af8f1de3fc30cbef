// Two services with the middleware: their requests are decided in sessions of the decision point, and a handler is stopped
// when its session ends.

import { setTimeout as delay } from 'node:timers/promises';
import { ServiceClient } from '@nhipol/service';
import { protectFetch, remoteBackend } from '@nhipol/service/middleware';
import type { Timeline } from './timeline.ts';

export interface Identity {
  readonly id: string;
  readonly team: string;
}

export interface WebServices {
  /** Opens the sessions of an agent at both services. */
  readonly open: (agent: Identity) => Promise<void>;
  /** Requests work of a service in the session of an agent, and resolves with the status of its response. */
  readonly request: (service: ServiceName, agent: Identity) => Promise<number>;
  readonly close: () => void;
}

export const serviceNames = ['invoices', 'reports'] as const;
export type ServiceName = (typeof serviceNames)[number];

const actions = { invoices: 'invoices.export', reports: 'reports.render' } as const;
/** The time between two rows of work, in milliseconds. */
const rowTime = 10;

const nameSession = (service: ServiceName, { id }: Identity) => `${service}-${id}`;
const createFacts = ({ id, team }: Identity) => ({
  type: 'ai_agent',
  id,
  properties: { team, lifecycle_state: 'active' },
});

/** `url`: that of the decision point. */
export function webServices(url: string, timeline: Timeline): WebServices {
  const client = new ServiceClient({ url });
  const backend = remoteBackend(client);
  const handlers = Object.fromEntries(
    serviceNames.map((service) => [service, createHandler(service, backend, timeline)]),
  ) as Readonly<Record<ServiceName, (request: Request) => Promise<Response>>>;
  return {
    open: async (agent) => {
      for (const service of serviceNames) {
        await client.open({ id: nameSession(service, agent), subject: createFacts(agent) });
      }
    },
    request: async (service, { id, team }) => {
      // A real service takes the identity from a verified token.
      const headers = { 'agent-id': id, 'agent-team': team };
      const { status } = await handlers[service](
        new Request(`https://${service}.acme.example/`, { headers }),
      );
      return status;
    },
    close: () => client.close(),
  };
}

function createHandler(
  service: ServiceName,
  backend: ReturnType<typeof remoteBackend>,
  timeline: Timeline,
): (request: Request) => Promise<Response> {
  const readAgent = ({ headers }: Request): Identity => ({
    id: headers.get('agent-id') ?? '',
    team: headers.get('agent-team') ?? '',
  });
  return protectFetch(
    {
      backend,
      session: (request) => nameSession(service, readAgent(request)),
      evaluation: (request) => ({
        subject: createFacts(readAgent(request)),
        action: { name: actions[service] },
        resource: { type: 'dataset', id: '2026-02', properties: { team: 'billing' } },
      }),
    },
    async (request, { signal }) => {
      const { id } = readAgent(request);
      timeline.note(`${service} service`, `${actions[service]} of ${id} runs`);
      // Work without an end, which stops only if it is aborted.
      while (!signal.aborted) await delay(rowTime);
      timeline.note(`${service} service`, `${actions[service]} of ${id} is aborted`);
      return new Response('aborted');
    },
  );
}
