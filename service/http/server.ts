// The service over HTTP: takes a decision point and listens. Every route has limits, and every error is a problem with a
// status; what is not foreseen is a 500 without details, and never a permit.

import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Activation } from '../pdp/activation.ts';
import type { DecisionPoint } from '../pdp/decision-point.ts';
import { explainUnready } from '../pdp/readiness.ts';
import type { SigningKey } from '../tokens/signing-key.ts';
import { Admissions } from './admissions.ts';
import { addAnswerHeaders } from './answer-headers.ts';
import { describeAnswers } from './describe-answers.ts';
import { EventStreams } from './event-streams.ts';
import type { Metrics } from './metrics.ts';
import { addErrors, replyToUnreadable } from './problem-reply.ts';
import { createQuickEvaluation, type QuickEvaluation } from './quick-evaluation.ts';
import { addBodies, addRechecks, limitBodies } from './requests.ts';
import { addAuthZen } from './routes/authzen.ts';
import { addOperation } from './routes/operation.ts';
import { addSessions } from './routes/sessions.ts';
import { createTlsContext, TlsConnections } from './tls-connections.ts';
import { readTls, type TlsFiles, type TlsSecrets } from './tls-files.ts';
import { addSpans } from './tracing.ts';
import { WaitingBodies } from './waiting-bodies.ts';

export interface ServiceLimits {
  /** The longest body, in bytes; a module reads at most 64 KiB of one request. */
  readonly bodyBytes: number;
  /** The bytes of all bodies that have not arrived completely. */
  readonly waitingBytes: number;
  readonly batch: number;
  readonly connections: number;
  readonly streams: number;
  /** How long a client has to send a request, in milliseconds. */
  readonly requestTimeout: number;
}

const defaultLimits: ServiceLimits = {
  bodyBytes: 1_048_576,
  waitingBytes: 67_108_864,
  batch: 1_000,
  connections: 10_000,
  streams: 1_000,
  requestTimeout: 10_000,
};

/** The longest header section, in bytes. */
const maxHeaderBytes = 16_384;
/** The longest request that a module reads. */
const maxQuickBytes = 65_536;
/** How often connections are checked for requests that take too long, in milliseconds. */
const checkInterval = 1_000;
/** How long requests that run may take when the service ends, in milliseconds. */
const closeGrace = 2_000;
/** How long an idle connection stays open, in milliseconds: longer than load balancers keep theirs. */
const keepAlive = 65_000;

export interface ServiceOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  readonly activation: Activation;
  readonly metrics: Metrics;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
  /** Where callers reach the service; default: where it listens. */
  readonly publicUrl?: string | undefined;
  readonly signingKey?: SigningKey | undefined;
  readonly accessRequestUrl?: string | undefined;
  readonly limits?: Partial<ServiceLimits>;
  /** Adds routes, such as the routes of the console. */
  readonly addRoutes?:
    | ((app: FastifyInstance, access: Access, admissions: Admissions) => void)
    | undefined;
  readonly onWarning: (warning: string) => void;
}

export interface Service {
  readonly url: string;
  readonly port: number;
  /**
   * Uses another certificate for connections that begin from now on. With other authorities, connections on which a client
   * certificate was accepted are closed. A service without TLS still has none.
   */
  readonly replaceTls: (secrets: TlsSecrets) => void;
  /** Signs the metadata with another key; a service that had none still has none. */
  readonly replaceSigningKey: (key: SigningKey) => void;
  /** Ends the streams of callers that may no longer have them, because others may call now. */
  readonly recheckCallers: () => void;
  /** The OpenAPI document of the routes. */
  readonly openApi: () => object;
  /** Refuses new work by `/readyz` at once, and ends after the requests that run. */
  readonly close: (drain?: number) => Promise<void>;
}

/** Rejects if the address cannot be used. */
export async function listenService(options: ServiceOptions): Promise<Service> {
  const { point, metrics, host, port, tls } = options;
  const limits = { ...defaultLimits, ...options.limits };
  let isDraining = false;
  const waiting = new WaitingBodies(limits.waitingBytes, options.onWarning);
  const quick = createQuickEvaluation({
    ...options,
    waiting,
    maxBytes: Math.min(maxQuickBytes, limits.bodyBytes),
    isEnding: () => isDraining,
  });
  const secrets = tls && readTls(tls);
  const app = createApp(secrets, limits, quick);
  const admissions = new Admissions(options.access);
  const streams = new EventStreams(point.sessions, admissions, limits.streams, (answer) =>
    point.show(answer),
  );
  let url = options.publicUrl ?? '';
  let { signingKey } = options;
  await app.register(swagger, { openapi: openApiHead, transform: describeAnswers });
  addAnswerHeaders(app, () => isDraining);
  addBodies(app);
  limitBodies(app, waiting);
  addErrors(app, options.onWarning);
  addSpans(app);
  addRequestIds(app);
  addRequestMetrics(app, metrics);
  addRechecks(app);
  const unready = () => (isDraining ? 'the service is ending' : explainUnready(point));
  // Routes register after the plugin that describes them.
  await app.register(async (routes) => {
    addAuthZen(routes, {
      ...options,
      url: () => url,
      signingKey: () => signingKey,
      accessRequestUrl: options.accessRequestUrl,
      maxBatch: limits.batch,
    });
    addSessions(routes, { ...options, streams });
    addOperation(routes, { ...options, unready });
    options.addRoutes?.(routes, options.access, admissions);
  });
  metrics.watch({
    sessions: () => point.sessions.size,
    streams: () => streams.size,
    isStored: () => point.sessions.isStored,
    isLogWritable: () => !point.lines.isBlocked,
    policy: () => point.policy.logged,
    activatedAt: () => options.activation.activatedAt / 1_000,
    isRefused: () => options.activation.refused !== undefined,
  });
  const tlsConnections =
    secrets && new TlsConnections(app.server as unknown as HttpsServer, secrets);
  await app.listen({ host, port });
  const bound = (app.server.address() as AddressInfo).port;
  if (url === '') url = toUrl(host, bound, tls !== undefined);
  return {
    url,
    port: bound,
    replaceTls: (next) => tlsConnections?.replace(next),
    replaceSigningKey: (key) => {
      signingKey &&= key;
    },
    recheckCallers: () => admissions.recheck(),
    openApi: () => app.swagger(),
    close: async (drain = 0) => {
      isDraining = true;
      if (drain > 0) await new Promise((resolve) => setTimeout(resolve, drain));
      streams.close();
      waiting.end();
      admissions.close();
      // A connection on which nothing was ever requested does not count as idle.
      const forced = setTimeout(() => app.server.closeAllConnections(), closeGrace);
      await app.close();
      clearTimeout(forced);
    },
  };
}

function createApp(
  secrets: TlsSecrets | undefined,
  limits: ServiceLimits,
  quick: QuickEvaluation,
): FastifyInstance {
  return fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: 'idle',
    frameworkErrors: replyToUnreadable,
    routerOptions: { maxParamLength: 1_024 },
    // Values keep their types: a number in a string is not a number.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    serverFactory: (handle) => {
      const listener = (request: IncomingMessage, response: ServerResponse) => {
        if (!quick(request, response)) handle(request, response);
      };
      const server = createServer(secrets, listener);
      server.maxConnections = limits.connections;
      server.requestTimeout = limits.requestTimeout;
      server.headersTimeout = limits.requestTimeout;
      server.keepAliveTimeout = keepAlive;
      return server;
    },
  });
}

function createServer(
  secrets: TlsSecrets | undefined,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): HttpServer {
  const common = { maxHeaderSize: maxHeaderBytes, connectionsCheckingInterval: checkInterval };
  if (secrets === undefined) return createHttpServer(common, listener);
  const options = { ...common, ...createTlsContext(secrets) };
  return createHttpsServer(options, listener) as unknown as HttpServer;
}

/** The id of a request is the id that its caller sent (Authorization API 1.0, section 10.1.3). */
function addRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const id = request.headers['x-request-id'];
    if (id !== undefined) reply.header('x-request-id', id);
    done();
  });
}

function addRequestMetrics(app: FastifyInstance, { requested }: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    requested(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}

function toUrl(host: string, port: number, isSecure: boolean): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${isSecure ? 'https' : 'http'}://${name}:${port}`;
}

/** A client certificate identifies a caller, too. */
const openApiHead: NonNullable<FastifyDynamicSwaggerOptions['openapi']> = {
  openapi: '3.1.0',
  info: {
    title: 'nhipol',
    summary: 'A policy decision point that keeps asking',
    description:
      'Evaluations and searches of the AuthZEN Authorization API 1.0, and live sessions of identities.',
    version: '1',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      bearer: { type: 'http', scheme: 'bearer' },
    },
  },
  security: [{ key: [] }, { bearer: [] }, {}],
};
