// Errors as responses: problem details (RFC 9457). What is not foreseen is logged, and the caller learns no details.

import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { MappingError } from '../mapping/mapping-error.ts';
import { getRetryDelay, Problem, type ProblemStatus } from '../pdp/problem.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { answerHeaders } from './answer-headers.ts';

export const problemType = 'application/problem+json';

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  const retryAfter = getRetryDelay(problem);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
}

/** Answers errors and unknown routes with problems. */
export function addErrors(app: FastifyInstance, onWarning: (warning: string) => void): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0];
    sendProblem(reply, new Problem(404, `no route ${request.method} ${path}`));
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem !== undefined) return sendProblem(reply, problem);
    onWarning(`${request.method} ${request.routeOptions.url} failed: ${formatErrorMessage(error)}`);
    return sendProblem(reply, new Problem(500, 'the service failed'));
  });
}

/** Answers a request whose path cannot be read, before any hook or route. */
export function replyToUnreadable(
  error: FastifyError,
  _request: unknown,
  reply: Pick<FastifyReply, 'raw'>,
): void {
  const problem = toProblem(error) ?? new Problem(400, 'the request cannot be read');
  reply.raw.writeHead(problem.status, { ...answerHeaders, 'content-type': problemType });
  reply.raw.end(JSON.stringify(problem));
}

/** The problem that an exception stands for, or `undefined` if it was not foreseen. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof MappingError) {
    return new Problem(400, `the facts of the caller cannot be determined: ${error.message}`);
  }
  const { code, statusCode, validation } = error as Partial<FastifyError>;
  const [invalid] = validation ?? [];
  if (invalid !== undefined) {
    const path = convertPointer(invalid.instancePath, invalid.params.missingProperty);
    return new Problem(400, `${path}: ${describeInvalid(invalid)}`, { path });
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Problem(413, 'the body is longer than the service accepts');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Problem(toKnownStatus(statusCode), (error as Error).message);
  }
  return undefined;
}

interface Invalid {
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Why a value does not fit the schema, in the words of other errors. */
function describeInvalid({ keyword, message = 'this is not valid', params }: Invalid): string {
  switch (keyword) {
    case 'required':
      return 'expected a value, found nothing';
    case 'additionalProperties':
      return `expected no member ${JSON.stringify(params.additionalProperty)}`;
    case 'type':
      return `expected ${addArticle(String(params.type))}`;
    case 'enum':
      return `expected one of ${(params.allowedValues as readonly string[]).join(', ')}`;
    case 'minLength':
      return 'expected a string with characters';
    default:
      return message;
  }
}

function addArticle(type: string): string {
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** A JSON Pointer as JSONPath (RFC 9535). */
function convertPointer(pointer: string, missing: unknown): string {
  const names = pointer.split('/').slice(1).map(unescapePointer);
  const all = typeof missing === 'string' ? [...names, missing] : names;
  return `$${all.map((name) => (/^\d+$/.test(name) ? `[${name}]` : quoteMember(name))).join('')}`;
}

function quoteMember(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function unescapePointer(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

const statuses: readonly ProblemStatus[] = [400, 401, 403, 404, 409, 410, 413, 415, 429];

function toKnownStatus(status: number): ProblemStatus {
  return statuses.find((problemStatus) => problemStatus === status) ?? 400;
}
