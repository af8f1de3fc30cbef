// The adapter for Fastify, a hook such as `preHandler`. The handlers after it take their authorization by
// `getAuthorization` of the request.

import { remember } from './authorization.ts';
import {
  admitRequest,
  type NodeHeaders,
  type NodeResponse,
  readTraceparent,
} from './node-response.ts';
import { type ProtectOptions, protect } from './protect.ts';
import type { Refusal } from './refusal.ts';

/** The members of a request of Fastify that are used. */
export interface HookRequest {
  readonly headers: NodeHeaders;
}

/** The members of a reply of Fastify that are used. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

export function protectFastify<Request extends HookRequest>(
  options: ProtectOptions<Request>,
): (request: Request, reply: FastifyReply) => Promise<unknown> {
  const protection = protect(options);
  return async (request, reply) => {
    const refuse = (refusal: Refusal) => send(reply, refusal);
    const admit = () => protection(request, readTraceparent(request.headers));
    const admission = await admitRequest(reply.raw, admit, refuse);
    // Fastify waits for nothing more after a hook has returned the reply.
    if (admission === undefined) return reply;
    if (admission.kind === 'refused') {
      refuse(admission.refusal);
      return reply;
    }
    remember(request, admission.authorization);
    return undefined;
  };
}

function send(reply: FastifyReply, { status, headers, body }: Refusal): void {
  reply.code(status);
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  reply.send(body);
}
