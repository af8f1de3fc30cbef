// The routes of operators: health, metrics, the policy, and the description of all routes.

import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../../access/access.ts';
import type { Activation } from '../../pdp/activation.ts';
import type { DecisionPoint } from '../../pdp/decision-point.ts';
import { Problem } from '../../pdp/problem.ts';
import { serviceItself } from '../../pdp/sessions/session-caller.ts';
import type { Metrics } from '../metrics.ts';
import { parseBody, parseExactBody, requireRole } from '../requests.ts';
import * as schemas from '../schemas.ts';

export interface OperationOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  readonly activation: Activation;
  readonly metrics: Metrics;
  /** Why the service should get no requests, or `undefined` if it is ready. */
  readonly unready: () => string | undefined;
}

export function addOperation(app: FastifyInstance, options: OperationOptions): void {
  const { point, access, activation, metrics, unready } = options;
  const onRequest = requireRole(access, 'operate');
  const describeRoute = (id: string, summary: string) => ({
    schema: describeOperation(id, summary),
  });
  app.get('/healthz', describeRoute('health', 'Read whether the process answers'), () => ({
    status: 'alive',
  }));
  app.get('/readyz', describeRoute('readiness', 'Read whether the service can decide'), () => {
    const why = unready();
    if (why !== undefined) throw new Problem(503, why);
    return { status: 'ready' };
  });
  const metricsSchema = describeOperation(
    'metrics',
    'Read the metrics, in the format of Prometheus',
  );
  app.get('/metrics', { schema: metricsSchema, onRequest }, async (_request, reply) => {
    const text = await metrics.text();
    return reply.header('content-type', metrics.contentType).send(text);
  });
  app.get('/openapi.json', describeRoute('openapi', 'Read this description'), () => app.swagger());
  app.get(
    '/policy',
    {
      onRequest,
      schema: describeOperation('policy', 'Read which policy is active, and which is held'),
    },
    () => ({
      active: point.policy.logged,
      activated_at: new Date(activation.activatedAt).toISOString(),
      sessions: point.sessions.size,
      held: activation.held ?? null,
      held_tables: activation.heldTables ?? null,
      refused: toRefusedJson(activation.refused),
    }),
  );
  app.post(
    '/policy/activate',
    {
      onRequest: [requireOwnPage, onRequest],
      preValidation: parseBody,
      schema: {
        ...describeOperation('activate', 'Activate the policy that was held back'),
        body: schemas.activationRequest,
      },
    },
    (request) => {
      const { digest } = parseExactBody<{ readonly digest: string }>(request);
      const outcome = activation.force(request.caller ?? serviceItself, digest);
      if (outcome.kind === 'refused') throw new Problem(409, outcome.problem);
      return outcome;
    },
  );
}

function toRefusedJson(refused: Activation['refused']) {
  if (refused === undefined) return null;
  const { policy = null, problem, at } = refused;
  return { policy, problem, at: new Date(at).toISOString() };
}

/** Any page that an operator visits could request it: browsers name the origin of such a request. */
function requireOwnPage(
  { headers }: FastifyRequest,
  _reply: unknown,
  done: (error?: Error) => void,
) {
  const { origin, host } = headers;
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  done(isOwn ? undefined : new Problem(403, 'pages of another origin cannot activate a policy'));
}

function describeOperation(operationId: string, summary: string) {
  return { operationId, summary, tags: ['Operation'] };
}
