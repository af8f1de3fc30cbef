// Reads what routes need of a request: its caller, its trace, and its body with numbers as they were written.

import type { IncomingMessage } from 'node:http';
import { stringify } from '@nhipol/runtime';
import type { Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access, Credentials } from '../access/access.ts';
import { admitCaller } from '../access/admitted-caller.ts';
import type { Caller, Role } from '../access/caller.ts';
import { type PeerCertificate, readPeerCertificate } from '../access/peer-certificate.ts';
import type { Members } from '../json/members.ts';
import type { Asking } from '../pdp/decision-point.ts';
import type { Endpoint } from '../pdp/observer.ts';
import { Problem } from '../pdp/problem.ts';
import { expectMember } from '../pdp/requests/entities.ts';
import { parseExactJson } from '../pdp/requests/exact-json.ts';
import { noEvidence } from '../pdp/requests/vouched-facts.ts';
import { confirmCaller, isCurrent } from '../pdp/sessions/session-caller.ts';
import { readTraceId } from '../support/trace-id.ts';
import type { WaitingBodies } from './waiting-bodies.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** undefined on routes that everybody may call. */
    caller: Caller | undefined;
  }
}

/** The header that names the session which decides an evaluation. */
const sessionHeader = 'nhipol-session';

const jsonTypes: readonly string[] = ['application/json', 'application/merge-patch+json'];

/** Bodies are bytes until a route wants more: `parseExactBody` and `getRawBody`. */
export function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...jsonTypes], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(new Problem(400, 'the content type is not application/json'));
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const encoding = request.headers['content-encoding'];
    const isPlain = encoding === undefined || encoding === 'identity';
    done(isPlain ? undefined : new Problem(415, 'the service reads no compressed bodies'));
  });
}

/** Bounds the memory of bodies that are on their way. */
export function limitBodies(app: FastifyInstance, waiting: WaitingBodies): void {
  const arrived = new WeakMap<FastifyRequest, () => void>();
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    arrived.set(request, waiting.add(request.raw, request.caller?.id ?? 'unknown senders'));
    done();
  });
  app.addHook('preValidation', (request, _reply, done) => {
    arrived.get(request)?.();
    done();
  });
}

/** Writes responses with all digits of numbers, which may be more than a double represents. */
export const serializeExactly = (value: unknown): string => stringify(value);

/** The body as bytes. Throws a `Problem` if there is none. */
export function getRawBody({ body }: FastifyRequest): Uint8Array {
  if (body instanceof Uint8Array && body.length > 0) return body;
  throw new Problem(400, '$: expected JSON, found an empty body', { path: '$' });
}

/** Parses the body before it is validated; the schema then applies to an object. */
export async function parseBody(request: FastifyRequest): Promise<void> {
  request.body = expectMember(parseExactJson(getRawBody(request)), '$');
}

/** The body that `parseBody` read; the schema of the route guarantees its type. */
export function parseExactBody<Body = Members>({ body }: Pick<FastifyRequest, 'body'>): Body {
  return body as Body;
}

/** `caller`: undefined on routes that everybody may call. */
export function readAsking(
  { headers }: Pick<IncomingMessage, 'headers'>,
  caller: Caller | undefined,
  endpoint: Endpoint,
  span?: Span,
): Asking {
  const session = headers[sessionHeader];
  return {
    endpoint,
    ...(caller === undefined ? {} : { caller }),
    evidence: caller?.evidence ?? noEvidence,
    session: typeof session === 'string' ? session : undefined,
    traceId: span?.spanContext().traceId ?? readTraceId(headers.traceparent),
    span,
  };
}

/** The caller that the hook of the route identified. */
export function getCaller({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === undefined) throw new Error('broken invariant: the caller is not identified');
  return caller;
}

/** A hook that identifies the caller, and refuses one without the role, or with too many requests. */
export function requireRole(access: Access, role: Role) {
  const admit = (request: FastifyRequest, caller: Caller) => {
    request.caller = caller;
    access.limits?.count(caller);
  };
  return (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void => {
    try {
      const caller = admitCaller(access, () => readHttpCredentials(request.raw), role);
      if (caller instanceof Promise) {
        caller.then((admittedCaller) => admit(request, admittedCaller)).then(() => done(), done);
        return;
      }
      admit(request, caller);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
}

export function readHttpCredentials({ headers, socket }: IncomingMessage): Credentials {
  const key = headers['x-api-key'];
  return {
    authorization: headers.authorization,
    apiKey: typeof key === 'string' ? key : undefined,
    certificate: findCertificate(socket),
    host: headers.host,
  };
}

/** Certificates of connections: reading one takes longer than a decision. */
const certificates = new WeakMap<object, PeerCertificate | 'none'>();

function findCertificate(socket: object): PeerCertificate | undefined {
  if (!('authorized' in socket) || socket.authorized !== true) return undefined;
  const certificate = certificates.get(socket) ?? readCertificate(socket as never);
  certificates.set(socket, certificate);
  return certificate === 'none' ? undefined : certificate;
}

interface SecureSocket {
  readonly getPeerX509Certificate: () => import('node:crypto').X509Certificate | undefined;
}

function readCertificate(socket: SecureSocket): PeerCertificate | 'none' {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return 'none';
  return readPeerCertificate(certificate);
}

/** A body may arrive long after the credentials: a caller that was removed meanwhile is refused. */
export function addRechecks(app: FastifyInstance): void {
  app.decorateRequest('caller', undefined);
  app.addHook('preHandler', async (request) => {
    const { caller } = request;
    if (caller !== undefined && !isCurrent(caller)) request.caller = await confirmCaller(caller);
  });
}
