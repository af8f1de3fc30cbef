// Spans of OpenTelemetry for requests, with the context that the caller sent (W3C trace context). Without an SDK in the
// process there are none, and they cost nothing.

import type { IncomingMessage } from 'node:http';
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** `undefined` if spans are not recorded. */
    span: Span | undefined;
  }
}

const tracer = trace.getTracer('nhipol');

/** Whether a tracer records spans now: it is registered before the service starts. */
export function isTracing(): boolean {
  // It is not ended, so that it is not exported.
  return tracer.startSpan('nhipol').isRecording();
}

/** Begins the span of a request; `route`: such as `/sessions/:id`. */
export function beginSpan({ method = 'GET', headers }: IncomingMessage, route: string): Span {
  // An instrumentation of `node:http` may have begun a span for the request.
  const active = context.active();
  const parent =
    trace.getSpan(active) === undefined ? propagation.extract(active, headers) : active;
  const attributes = { 'http.request.method': method, 'http.route': route };
  return tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
}

export function endSpan(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Records a span for each request of a route. */
export function addSpans(app: FastifyInstance): void {
  app.decorateRequest('span', undefined);
  if (!isTracing()) return;
  app.addHook('onRequest', (request, _reply, done) => {
    request.span = beginSpan(request.raw, request.routeOptions.url ?? 'none');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.span !== undefined) endSpan(request.span, reply.statusCode);
    done();
  });
}
