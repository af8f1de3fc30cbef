// The routes of live sessions: open, read, change, decide, signal, approve, close, and follow their changes.

import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../../access/access.ts';
import type { Caller } from '../../access/caller.ts';
import type { DecisionPoint } from '../../pdp/decision-point.ts';
import { Problem } from '../../pdp/problem.ts';
import { ownsSessions } from '../../pdp/sessions/session-caller.ts';
import type { RequestedEvent, SessionView } from '../../pdp/sessions/session-host.ts';
import { expectShare, isReserved } from '../../pdp/sessions/session-share.ts';
import type { EventStreams } from '../event-streams.ts';
import {
  getCaller,
  parseBody,
  parseExactBody,
  readAsking,
  requireRole,
  serializeExactly,
} from '../requests.ts';
import * as schemas from '../schemas.ts';

export interface SessionRoutesOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  readonly streams: EventStreams;
}

interface OfSession {
  readonly Params: { readonly id: string };
}

const maxListed = 1_000;

export function addSessions(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { point, access, streams } = options;
  const { sessions } = point;
  const onRequest = requireRole(access, 'sessions');
  const route = { onRequest, serializerCompiler: () => serializeExactly };
  const withBody = { ...route, preValidation: parseBody };
  const approving = { ...withBody, onRequest: requireRole(access, 'approve') };
  const showView = ({ id, answer }: SessionView) => ({ id, ...point.show(answer) });

  app.post(
    '/sessions',
    {
      ...withBody,
      schema: describeOperation('open', 'Open a session with what is known about an identity', {
        body: schemas.openingRequest,
        response: { 201: schemas.sessionResponse },
      }),
    },
    async (request, reply) => {
      const { id, ...facts } = point.completeRequest(
        parseExactBody(request),
        readAsking(request, request.caller, 'session', request.span),
      );
      const given = typeof id === 'string' ? id : undefined;
      expectNameable(given);
      await expectShareNow(point, getCaller(request));
      const opened = await sessions.open(getCaller(request), given, facts);
      reply.code(201).header('location', `/sessions/${encodeURIComponent(opened.id)}`);
      return showView(opened);
    },
  );
  app.get<{ Querystring: { readonly after?: string; readonly limit?: number } }>(
    '/sessions',
    {
      ...route,
      schema: describeOperation(
        'list',
        'List the open sessions of the caller in the order of their ids',
        {
          querystring: {
            type: 'object',
            properties: {
              after: { type: 'string' },
              limit: { type: 'string', pattern: '^[1-9][0-9]{0,3}$' },
            },
          },
          response: { 200: schemas.sessionList },
        },
      ),
    },
    async (request) => {
      const { after = '', limit = 100 } = request.query;
      const size = Math.min(Number(limit), maxListed);
      const page = await sessions.list(getCaller(request), after, size);
      const last = page.sessions.at(-1)?.id;
      const next = last !== undefined && page.hasMore ? { next_after: last } : {};
      return { sessions: page.sessions.map(showView), ...next };
    },
  );
  app.get<OfSession>(
    '/sessions/:id',
    {
      ...route,
      schema: describeOperation(
        'read',
        'Read the answer to a session and its facts; secrets are masked',
        {
          params: idParameter,
          response: { 200: schemas.sessionDetails },
        },
      ),
    },
    async (request) => {
      const { facts, ...view } = await sessions.read(getCaller(request), request.params.id);
      return { ...showView(view), facts };
    },
  );
  app.patch<OfSession>(
    '/sessions/:id',
    {
      ...withBody,
      schema: describeOperation('patch', 'Change facts of a session by a JSON merge patch', {
        params: idParameter,
        body: schemas.patchRequest,
        response: { 200: schemas.sessionResponse },
      }),
    },
    async (request) => {
      const part = point.completeChange(parseExactBody(request));
      return showView(await sessions.patch(getCaller(request), request.params.id, part));
    },
  );
  app.delete<OfSession>(
    '/sessions/:id',
    {
      ...route,
      schema: describeOperation('close', 'Close a session', {
        params: idParameter,
        response: { 204: { type: 'null' } },
      }),
    },
    async (request, reply) => {
      await sessions.close(getCaller(request), request.params.id);
      reply.code(204);
    },
  );
  app.post<OfSession>(
    '/sessions/:id/decide',
    {
      ...withBody,
      schema: describeOperation(
        'decide',
        'Decide an action in a session; it becomes part of its history',
        {
          params: idParameter,
          body: schemas.decisionRequest,
          response: { 200: schemas.evaluationResponse },
        },
      ),
    },
    async (request) => {
      const { params } = request;
      return point.decideInSession(
        params.id,
        parseExactBody(request),
        readAsking(request, request.caller, 'session', request.span),
      );
    },
  );
  app.post<OfSession>(
    '/sessions/:id/signals',
    {
      ...withBody,
      schema: describeOperation('signal', 'Record a signal that the policy declares', {
        params: idParameter,
        body: schemas.signalRequest,
        response: { 200: schemas.sessionResponse },
      }),
    },
    async (request) => {
      const { signal, payload = {}, occurred_at: at } = parseExactBody<SignalBody>(request);
      const time = at === undefined ? undefined : readInstant(at, '$.occurred_at');
      const { id } = request.params;
      return showView(await sessions.signal(getCaller(request), id, signal, payload, time));
    },
  );
  app.post<OfSession>(
    '/sessions/:id/approvals',
    {
      ...approving,
      schema: describeOperation('approve', 'Approve one call of a session until an instant', {
        params: idParameter,
        body: schemas.approvalRequest,
        response: { 200: schemas.sessionResponse },
      }),
    },
    async (request) => {
      const approval = readApproval(parseExactBody<ApprovalBody>(request), getCaller(request));
      return showView(await sessions.approve(getCaller(request), request.params.id, approval));
    },
  );
  app.post(
    '/approvals',
    {
      ...approving,
      schema: describeOperation('approve-once', 'Approve one evaluation without a session, once', {
        body: schemas.approvalRequest,
        response: { 201: schemas.approvalResponse },
      }),
    },
    async (request, reply) => {
      const by = getCaller(request);
      const { digest, expiresAt } = readApproval(parseExactBody<ApprovalBody>(request), by);
      const id = await point.approveOnce(by, digest, expiresAt);
      reply.code(201);
      return { id, digest, expires_at: new Date(expiresAt).toISOString() };
    },
  );
  const events = { params: idParameter, produces: ['text/event-stream'] };
  app.get<OfSession>(
    '/sessions/:id/changes',
    {
      onRequest,
      schema: describeOperation(
        'follow',
        'Follow the changes of a session as server-sent events',
        events,
      ),
    },
    (request, reply) => {
      const { id } = request.params;
      return streams.open(request, reply, (by) => ({
        readState: async () => ({ event: 'state', data: showView(await sessions.view(by, id)) }),
        // The id may be that of another caller's session later.
        isWanted: (event) => getId(event) === id && ownsSessions(by, event.owner),
      }));
    },
  );
  app.get(
    '/changes',
    {
      onRequest,
      schema: describeOperation('follow-all', 'Follow the changes of all sessions of the caller', {
        produces: ['text/event-stream'],
      }),
    },
    (request: FastifyRequest, reply) =>
      streams.open(request, reply, (by) => ({
        readState: async () => ({ event: 'state', data: { sessions: await sessions.count(by) } }),
        isWanted: ({ owner }) => ownsSessions(by, owner),
      })),
  );
}

interface SignalBody {
  readonly signal: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly occurred_at?: string;
}

interface ApprovalBody {
  readonly digest: string;
  readonly expires_at: string;
  readonly approver?: string;
  readonly reference?: string;
}

/** The approver is the caller. Throws a `Problem` for a body that names another one. */
function readApproval({ digest, expires_at: end, approver, reference }: ApprovalBody, by: Caller) {
  if (approver !== undefined && approver !== by.id) {
    const detail = `$.approver: the approver is the caller, ${by.id}`;
    throw new Problem(403, detail, { code: 'other_approver', path: '$.approver' });
  }
  return { digest, expiresAt: readInstant(end, '$.expires_at'), reference };
}

/** Refuses what would be refused later. Others may open sessions meanwhile. */
async function expectShareNow(
  { sessions, maxSessions: max }: DecisionPoint,
  caller: Caller,
): Promise<void> {
  if (!isReserved(caller, { max, open: sessions.size })) return;
  const own = await sessions.count({ ...caller, isOperator: false });
  expectShare(caller, own, { max, open: sessions.size });
}

/** Clients resolve these in a URL, so that a route of the session is another route. Throws a `Problem`. */
function expectNameable(id: string | undefined): void {
  if (id !== '.' && id !== '..') return;
  throw new Problem(400, `$.id: expected an id other than \`.\` and \`..\`, found \`${id}\``, {
    path: '$.id',
  });
}

function getId(event: RequestedEvent): string {
  return event.kind === 'closed' ? event.id : event.change.id;
}

const idParameter = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };

/** Milliseconds since the epoch. */
function readInstant(text: string, path: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) {
    throw new Problem(400, `${path}: expected an instant such as 2026-03-03T10:00:00Z`, { path });
  }
  return instant;
}

function describeOperation(operationId: string, summary: string, parts: object) {
  return { operationId, summary, tags: ['Sessions'], ...parts };
}
