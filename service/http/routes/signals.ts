// The routes for events from other systems: tokens that transmitters push (RFC 8935), and webhooks; and what operators see of them.

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Access } from '../../access/access.ts';
import { Problem } from '../../pdp/problem.ts';
import { SetError } from '../../signals/sets/security-event.ts';
import type { Arrival, Signals } from '../../signals/signals.ts';
import { setContentType } from '../../signals/streams.ts';
import { WebhookError } from '../../signals/webhooks/webhook.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Admissions } from '../admissions.ts';
import { getRawBody, requireRole } from '../requests.ts';
import { SignalFeed } from '../signal-feed.ts';

interface Named {
  readonly Params: { readonly name: string };
}

export function addSignals(
  app: FastifyInstance,
  access: Access,
  admissions: Admissions,
  signals: Signals,
): void {
  const onRequest = requireRole(access, 'operate');
  const feed = new SignalFeed();
  const stop = signals.listen((arrival) => feed.send('signal', buildArrivalJson(signals, arrival)));
  app.addHook('preClose', async () => {
    stop();
    feed.end();
  });
  app.get(
    '/signals',
    {
      onRequest,
      schema: describeOperation('signals', 'Follow the events that arrive, as server-sent events', {
        produces: ['text/event-stream'],
      }),
    },
    (request, reply) => {
      const end = feed.open(reply, { sources: signals.states.map(stateJson) });
      const release = admissions.admit(request, 'operate', end);
      reply.raw.once('close', release);
    },
  );
  app.get(
    '/signals/sources',
    { onRequest, schema: describeOperation('sources', 'List the sources of events') },
    () => ({ sources: signals.states.map(stateJson) }),
  );
  addDeliveries(app, signals);
}

const accepted = { response: { 202: { description: 'The event was taken' } } };

/** The routes for those who send events. Each event is authenticated by its signature. */
export function addDeliveries(app: FastifyInstance, signals: Signals): void {
  const findSource = (name: string) => {
    const source = signals.sources.get(name);
    if (source === undefined) throw new Problem(404, 'no such source');
    return source;
  };
  const findWebhook = (name: string) => {
    const read = signals.webhook(name);
    if (read === undefined) throw new Problem(404, 'no such webhook');
    return read;
  };
  // Bodies of other types than on other routes.
  app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    raw.post<Named>(
      '/signals/:name',
      {
        schema: describeOperation('push', 'Receive a security event token (RFC 8935)', accepted),
        // Before the body is read.
        onRequest: async (request) => {
          const source = findSource(request.params.name);
          if (source.isAuthorized(request.headers.authorization)) return;
          throw new Problem(401, 'the transmitter is not authorized');
        },
      },
      async (request, reply) => {
        const source = findSource(request.params.name);
        if (!isSet(request.headers['content-type'])) {
          const description = `the content type is not ${setContentType}`;
          return refuse(reply, new SetError('invalid_request', description));
        }
        try {
          await source.accept(Buffer.from(getRawBody(request)).toString('latin1').trim());
          return reply.code(202).send();
        } catch (error) {
          if (error instanceof SetError) return refuse(reply, error);
          throw new Problem(503, `the event cannot be taken now: ${formatErrorMessage(error)}`);
        }
      },
    );
    raw.post<Named>(
      '/webhooks/:name',
      {
        schema: describeOperation('webhook', 'Receive a signed webhook', accepted),
        onRequest: async (request) => void findWebhook(request.params.name),
      },
      async (request, reply) => {
        const read = findWebhook(request.params.name);
        try {
          await signals.receive(request.params.name, read(request.headers, getRawBody(request)));
          return reply.code(202).send();
        } catch (error) {
          if (error instanceof WebhookError) throw new Problem(error.status, error.message);
          if (error instanceof Problem) throw error;
          throw new Problem(503, `the event cannot be taken now: ${formatErrorMessage(error)}`);
        }
      },
    );
  });
}

function isSet(type: string | undefined): boolean {
  return type?.split(';', 1)[0]?.trim().toLowerCase() === setContentType;
}

/** The response for a token that is not acceptable (RFC 8935, section 2.3). */
function refuse(reply: FastifyReply, error: SetError): FastifyReply {
  return reply.code(400).header('content-language', 'en').send(error.toJSON());
}

function buildArrivalJson(signals: Signals, arrival: Arrival): object {
  if (arrival.outcome === 'refused') {
    const { source, error } = arrival;
    return { outcome: 'refused', source, ...error.toJSON() };
  }
  const { source, set, receivedAt, isNew, sessions } = arrival;
  return {
    outcome: isNew ? 'accepted' : 'duplicate',
    source,
    issuer: set.issuer,
    jti: set.jti,
    received_at: new Date(receivedAt).toISOString(),
    events: set.events.map((event) => {
      const { type, time, subject, txn } = event;
      const claims = signals.visibleClaims(event);
      return {
        type,
        time: new Date(time).toISOString(),
        subject,
        claims,
        ...(txn === undefined ? {} : { txn }),
      };
    }),
    sessions: sessions.length,
  };
}

function stateJson({
  name,
  issuer,
  delivery,
  isReady,
  status,
  verifiedAt,
}: Signals['states'][number]) {
  const verified =
    verifiedAt === undefined ? {} : { verified_at: new Date(verifiedAt).toISOString() };
  return { name, issuer, delivery, ready: isReady, status, ...verified };
}

function describeOperation(operationId: string, summary: string, parts: object = {}) {
  return { operationId, summary, tags: ['Signals'], ...parts };
}
