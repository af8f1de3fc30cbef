// The routes of the transmitter: its metadata, and the management of streams by their receivers (SSF 1.0, sections 7 and 8).

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access } from '../../access/access.ts';
import type { Caller } from '../../access/caller.ts';
import { Problem } from '../../pdp/problem.ts';
import { buildMetadataUrl } from '../../signals/streams.ts';
import type { Transmitter } from '../../signals/transmit/transmitter.ts';
import type { Admissions } from '../admissions.ts';
import { parseBody, parseExactBody, requireRole } from '../requests.ts';

interface ById {
  readonly Querystring: { readonly stream_id?: string };
}
interface OfStream {
  readonly Params: { readonly id: string };
}

export function addTransmitter(
  app: FastifyInstance,
  access: Access,
  admissions: Admissions,
  transmitter: Transmitter,
): void {
  app.register(async (routes) => {
    // The settings may have a transmitter later.
    routes.addHook('onRequest', async () => {
      if (!transmitter.isReady) throw new Problem(404, 'the service transmits no events');
    });
    addStreams(routes, access, admissions, transmitter);
  });
}

function addStreams(
  app: FastifyInstance,
  access: Access,
  admissions: Admissions,
  transmitter: Transmitter,
): void {
  const onRequest = requireRole(access, 'signals');
  const read = { onRequest: [onRequest, scope('ssf.read', 'ssf.manage')] };
  const manage = { onRequest: [onRequest, scope('ssf.manage')] };
  const change = { ...manage, preValidation: parseBody };

  app.get(
    '/.well-known/ssf-configuration',
    { schema: describeOperation('metadata', 'Read the metadata') },
    () => transmitter.metadata,
  );
  const ofPath = describeOperation(
    'metadata-of-path',
    'Read the metadata of an issuer with a path',
  );
  app.get('/.well-known/ssf-configuration/*', { schema: ofPath }, (request) => {
    // The issuer may have a path, which a proxy removes or not.
    const { issuer } = transmitter.metadata;
    if (request.url === buildMetadataUrl(String(issuer)).pathname) return transmitter.metadata;
    throw new Problem(404, 'the transmitter has another issuer');
  });
  app.get(
    '/ssf/jwks.json',
    { schema: describeOperation('keys', 'Read the public keys') },
    () => transmitter.keySet,
  );

  app.post(
    '/ssf/stream',
    { ...change, schema: describeOperation('create-stream', 'Create a stream', 201) },
    async (request, reply) => {
      reply.code(201);
      return transmitter.streams.create(getReceiver(request), parseExactBody(request));
    },
  );
  app.get<ById>(
    '/ssf/stream',
    {
      ...read,
      schema: describeOperation('read-stream', 'Read a stream, or all streams of the receiver'),
    },
    (request) => {
      const { stream_id: id } = request.query;
      const receiver = getReceiver(request);
      return id === undefined
        ? transmitter.streams.list(receiver)
        : transmitter.streams.read(receiver, id);
    },
  );
  app.patch(
    '/ssf/stream',
    { ...change, schema: describeOperation('update-stream', 'Change a stream') },
    (request) => transmitter.streams.update(getReceiver(request), parseExactBody(request)),
  );
  app.put(
    '/ssf/stream',
    { ...change, schema: describeOperation('replace-stream', 'Replace a stream') },
    (request) => transmitter.streams.replace(getReceiver(request), parseExactBody(request)),
  );
  app.delete<ById>(
    '/ssf/stream',
    { ...manage, schema: describeOperation('delete-stream', 'Delete a stream', 204) },
    async (request, reply) => {
      await transmitter.streams.delete(getReceiver(request), readId(request.query));
      return reply.code(204).send();
    },
  );
  app.get<ById>(
    '/ssf/status',
    { ...read, schema: describeOperation('read-status', 'Read the status of a stream') },
    (request) => transmitter.streams.status(getReceiver(request), readId(request.query)),
  );
  app.post(
    '/ssf/status',
    { ...change, schema: describeOperation('set-status', 'Enable, pause or disable a stream') },
    (request) => transmitter.streams.setStatus(getReceiver(request), parseExactBody(request)),
  );
  // A colon begins a parameter in patterns; two are one.
  app.post(
    '/ssf/subjects::add',
    { ...change, schema: describeOperation('add-subject', 'Add a subject to a stream') },
    async (request, reply) => {
      await transmitter.streams.addSubject(getReceiver(request), parseExactBody(request));
      return reply.code(200).send();
    },
  );
  app.post(
    '/ssf/subjects::remove',
    {
      ...change,
      schema: describeOperation('remove-subject', 'Remove a subject from a stream', 204),
    },
    async (request, reply) => {
      await transmitter.streams.removeSubject(getReceiver(request), parseExactBody(request));
      return reply.code(204).send();
    },
  );
  app.post(
    '/ssf/verification',
    { ...change, schema: describeOperation('verify-stream', 'Request a verification event', 204) },
    async (request, reply) => {
      await transmitter.verify(getReceiver(request), parseExactBody(request));
      return reply.code(204).send();
    },
  );
  app.post<OfStream>(
    '/ssf/streams/:id/poll',
    {
      ...read,
      preValidation: parseBody,
      schema: describeOperation('poll', 'Poll a stream (RFC 8936)'),
    },
    async (request, reply) => {
      const gone = new AbortController();
      const release = admissions.admit(request, 'signals', () => {
        gone.abort();
        reply.raw.destroy();
      });
      reply.raw.once('close', () => {
        release();
        gone.abort();
      });
      return transmitter.poll(
        getReceiver(request),
        request.params.id,
        parseExactBody(request),
        gone.signal,
      );
    },
  );
  app.addHook('preClose', async () => transmitter.endPolls());
}

function getReceiver({ caller }: FastifyRequest): string {
  return (caller as Caller).id;
}

/** A token with scopes needs one of these (CAEP Interoperability Profile, section 2.7); roles apply to every caller. */
function scope(...names: readonly string[]) {
  return async ({ caller }: FastifyRequest) => {
    const given = caller?.evidence.token.scope;
    if (typeof given !== 'string' || given.split(' ').some((each) => names.includes(each))) return;
    throw new Problem(403, `the token has none of the scopes ${names.join(', ')}`);
  };
}

function readId({ stream_id: id }: ById['Querystring']): string {
  if (id !== undefined && id !== '') return id;
  throw new Problem(400, 'stream_id: expected the id of a stream', { path: '$.stream_id' });
}

function describeOperation(operationId: string, summary: string, status = 200) {
  const response = { [status]: { description: 'The answer' } };
  return { operationId: `ssf-${operationId}`, summary, tags: ['Shared signals'], response };
}
