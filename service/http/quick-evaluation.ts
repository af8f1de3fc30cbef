// Answers ordinary evaluations without the framework, which takes longer than the decision: a body of known length in
// JSON. Everything else, and every call that is refused before its body is read, is left to the routes, which answer an
// evaluation in the same way.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Caller } from '../access/access.ts';
import type { DecisionPoint, Written } from '../pdp/decision-point.ts';
import { Problem } from '../pdp/problem.ts';
import { messageOf } from '../support/message-of.ts';
import type { Metrics } from './metrics.ts';
import { problemFrom, problemType } from './problem-reply.ts';
import { askingOf, credentialsOf } from './requests.ts';

export interface QuickOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  readonly metrics: Metrics;
  readonly maxBytes: number;
  readonly onWarning: (warning: string) => void;
}

export const evaluationPath = '/access/v1/evaluation';
const json = 'application/json; charset=utf-8';

/** Returns whether the request is answered. */
export type QuickEvaluation = (request: IncomingMessage, response: ServerResponse) => boolean;

export function quickEvaluation(options: QuickOptions): QuickEvaluation {
  const { access, maxBytes } = options;
  return (request, response) => {
    if (request.url !== evaluationPath || request.method !== 'POST') return false;
    const { headers } = request;
    if (headers['content-type'] !== 'application/json') return false;
    if ('content-encoding' in headers || 'expect' in headers) return false;
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= maxBytes)) return false;
    const caller = callerOf(access, request);
    if (caller === undefined) return false;
    readBody(request, length, (body) => answer(options, { request, response, caller, body }));
    return true;
  };
}

/** undefined: the caller is not allowed, or it takes time to know. */
function callerOf(access: Access, request: IncomingMessage): Caller | undefined {
  try {
    const caller = access(credentialsOf(request));
    return 'then' in caller || !caller.roles.has('evaluate') ? undefined : caller;
  } catch {
    return undefined;
  }
}

function readBody(
  request: IncomingMessage,
  length: number,
  done: (body: Uint8Array) => void,
): void {
  let body: Buffer | undefined;
  request.on('data', (chunk: Buffer) => {
    body =
      body === undefined
        ? chunk
        : Buffer.concat([body, chunk], Math.min(length, body.length + chunk.length));
  });
  request.on('end', () => done(body ?? Buffer.alloc(0)));
}

interface Received {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly body: Uint8Array;
}

function answer(options: QuickOptions, received: Received): void {
  const { point, metrics, onWarning } = options;
  const { request, response, caller, body } = received;
  const started = performance.now();
  const send = (status: number, type: string, text: string) => {
    const { 'x-request-id': id } = request.headers;
    if (id !== undefined) response.setHeader('x-request-id', id);
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
    metrics.requested(evaluationPath, status, (performance.now() - started) / 1_000);
  };
  const fail = (error: unknown) => {
    const problem = problemFrom(error);
    if (problem === undefined) onWarning(`${evaluationPath} failed: ${messageOf(error)}`);
    const { status } = problem ?? failure;
    send(status, problemType, JSON.stringify(problem ?? failure));
  };
  try {
    const written = point.evaluate(body, askingOf(request, caller, 'evaluation'));
    if (!(written instanceof Promise)) send(200, json, textOf(written));
    else written.then((text) => send(200, json, textOf(text))).catch(fail);
  } catch (error) {
    fail(error);
  }
}

const failure = new Problem(500, 'the service failed');

/** Node.js writes a text together with the headers, and bytes after them. */
export function textOf(written: Written): string {
  if (typeof written === 'string') return written;
  return Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString();
}
