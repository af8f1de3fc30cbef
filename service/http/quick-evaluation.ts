// Answers ordinary evaluations without the framework, which takes longer than the decision: those with a body of known
// length in JSON. Everything else is left to the routes, which answer an evaluation in the same way.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import type { Access } from '../access/access.ts';
import { admitCaller } from '../access/admitted-caller.ts';
import type { Caller } from '../access/caller.ts';
import type { DecisionPoint, Written } from '../pdp/decision-point.ts';
import { getRetryDelay, Problem } from '../pdp/problem.ts';
import { confirmCaller, isCurrent } from '../pdp/sessions/session-caller.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { type IsEnding, setAnswerHeaders } from './answer-headers.ts';
import type { Metrics } from './metrics.ts';
import { problemType, toProblem } from './problem-reply.ts';
import { readAsking, readHttpCredentials } from './requests.ts';
import { beginSpan, endSpan, isTracing } from './tracing.ts';
import type { WaitingBodies } from './waiting-bodies.ts';

export interface QuickOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  readonly metrics: Metrics;
  readonly maxBytes: number;
  readonly waiting: WaitingBodies;
  readonly isEnding: IsEnding;
  readonly onWarning: (warning: string) => void;
}

export const evaluationPath = '/access/v1/evaluation';
const json = 'application/json; charset=utf-8';
const noBody = new Uint8Array();

/** Returns whether the request is answered. */
export type QuickEvaluation = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createQuickEvaluation(options: QuickOptions): QuickEvaluation {
  const { access, maxBytes, waiting } = options;
  const isTraced = isTracing();
  return (request, response) => {
    if (request.url !== evaluationPath || request.method !== 'POST') return false;
    const { headers } = request;
    if (headers['content-type'] !== 'application/json') return false;
    if ('content-encoding' in headers || 'expect' in headers) return false;
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= maxBytes)) return false;
    const known = identifyCaller(access, request);
    // The body may arrive long after the credentials.
    const caller = () =>
      known instanceof Promise ? known.then(confirmCaller) : confirmKnown(known);
    const span = isTraced ? beginSpan(request, evaluationPath) : undefined;
    const respond = (body: Uint8Array) =>
      answer(options, { request, response, caller: caller(), body, span });
    const read = (id: string) => {
      const arrived = waiting.add(request, id);
      readBody(request, length, (body) => {
        arrived();
        respond(body);
      });
    };
    // A caller that is refused need not send its body.
    if (known instanceof Promise) known.then(({ id }) => read(id)).catch(() => respond(noBody));
    else read(known.id);
    return true;
  };
}

/** A promise of a caller may be rejected before the body is read, which is not an unhandled rejection. */
function identifyCaller(access: Access, request: IncomingMessage): Caller | Promise<Caller> {
  try {
    const caller = admitCaller(access, () => readHttpCredentials(request), 'evaluate');
    if (caller instanceof Promise) caller.catch(() => {});
    return caller;
  } catch (error) {
    const refused = Promise.reject(error);
    refused.catch(() => {});
    return refused;
  }
}

function confirmKnown(caller: Caller): Caller | Promise<Caller> {
  return isCurrent(caller) ? caller : confirmCaller(caller);
}

function readBody(
  request: IncomingMessage,
  length: number,
  done: (body: Uint8Array) => void,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length));
  });
}

interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller | Promise<Caller>;
  readonly body: Uint8Array;
  readonly span: Span | undefined;
}

function answer(options: QuickOptions, received: Received): void {
  const { access, point, metrics, isEnding, onWarning } = options;
  const { request, response, caller, body, span } = received;
  const started = performance.now();
  const send = (status: number, type: string, text: string, retryAfter?: number) => {
    const { 'x-request-id': id } = request.headers;
    setAnswerHeaders(response, isEnding);
    if (id !== undefined) response.setHeader('x-request-id', id);
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
    metrics.requested(evaluationPath, status, (performance.now() - started) / 1_000);
    if (span !== undefined) endSpan(span, status);
  };
  const fail = (error: unknown) => {
    const problem = toProblem(error);
    if (problem === undefined) onWarning(`${evaluationPath} failed: ${formatErrorMessage(error)}`);
    const shown = problem ?? failure;
    send(shown.status, problemType, JSON.stringify(shown), getRetryDelay(shown));
  };
  const evaluate = (admittedCaller: Caller) => {
    access.limits?.count(admittedCaller);
    return point.evaluate(body, readAsking(request, admittedCaller, 'evaluation', span));
  };
  try {
    const written = caller instanceof Promise ? caller.then(evaluate) : evaluate(caller);
    if (!(written instanceof Promise)) send(200, json, readWritten(written));
    else written.then((text) => send(200, json, readWritten(text))).catch(fail);
  } catch (error) {
    fail(error);
  }
}

const failure = new Problem(500, 'the service failed');

/** Node.js writes a text together with the headers, and bytes after them. */
export function readWritten(written: Written): string {
  if (typeof written === 'string') return written;
  return Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString();
}
