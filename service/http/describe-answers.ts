// Adds to the description of each route what all routes have in common: the errors, as problem details (RFC 9457), and the
// headers of answers.

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { problemTitles } from '../pdp/problem.ts';
import { answerHeaders } from './answer-headers.ts';
import { problemType } from './problem-reply.ts';
import { problem } from './schemas.ts';

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>;
type Answer = Readonly<Record<string, unknown>>;

const text = { type: 'string' };

const common: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    Object.entries(answerHeaders).map(([name, value]) => [name, { ...text, const: value }]),
  ),
  'x-request-id': { ...text, description: 'That of the request, if it has one' },
};
/** The headers of some statuses. */
const ofStatus: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  201: { location: { ...text, description: 'The path of a new session' } },
  401: { 'www-authenticate': text },
  429: { 'retry-after': { type: 'integer', description: 'Seconds' } },
};

export const describeAnswers: Transform = ({ schema, url }) => {
  if ((schema as { readonly hide?: boolean } | undefined)?.hide === true) return { schema, url };
  const { response = { 200: { description: 'The answer' } }, ...others } = schema as {
    readonly response?: Readonly<Record<string, Answer>>;
  };
  const successes = Object.entries(response).map(([status, answer]) => {
    return [status, { ...answer, headers: describeHeaders(status) }] as const;
  });
  const errors = Object.entries(problemTitles).map(([status, description]) => {
    const content = { [problemType]: { schema: problem } };
    return [status, { description, content, headers: describeHeaders(status) }] as const;
  });
  return { schema: { ...others, response: Object.fromEntries([...successes, ...errors]) }, url };
};

function describeHeaders(status: string): Readonly<Record<string, object>> {
  return { ...common, ...ofStatus[status] };
}
