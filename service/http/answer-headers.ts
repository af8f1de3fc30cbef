// The headers of every answer: nothing is stored on its way, because answers are about one caller at one instant, and no
// browser takes one for a page. While the service ends, an answer is the last one of its connection.

import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

export const answerHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** Whether the service ends. */
export type IsEnding = () => boolean;

/** Routes may set other values. */
export function addAnswerHeaders(app: FastifyInstance, isEnding: IsEnding): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(answerHeaders);
    if (isEnding()) reply.header('connection', 'close');
    done();
  });
}

/** The same for an answer without the framework. */
export function setAnswerHeaders(response: ServerResponse, isEnding: IsEnding): void {
  for (const [name, value] of Object.entries(answerHeaders)) response.setHeader(name, value);
  if (isEnding()) response.setHeader('connection', 'close');
}
