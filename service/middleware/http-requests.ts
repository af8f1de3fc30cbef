// Helpers for requests of any framework: the name of their session, and an evaluation request about their route.

import type { Entity, EvaluationRequest } from '../client/index.ts';
import type { Members } from '../json/members.ts';
import type { NodeHeaders } from './node-response.ts';

type FetchRequest = { readonly headers: Headers };
type NodeRequest = { readonly headers: NodeHeaders };
type ContextRequest = { readonly req: { readonly raw: FetchRequest } };

/** A request of the fetch style, of Express or of Fastify, or a context of Hono. */
export type AnyRequest = FetchRequest | NodeRequest | ContextRequest;

/** Returns a function that reads the id of a session from a header. Default: that of the service. */
export function sessionFromHeader(
  name = 'nhipol-session',
): (request: AnyRequest) => string | undefined {
  return (request) => getHeader(request, name);
}

/** The value of a header that a request has once. */
export function getHeader(request: AnyRequest, name: string): string | undefined {
  const { headers } = 'headers' in request ? request : request.req.raw;
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = (headers as NodeHeaders)[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

export interface Route {
  readonly method: string;
  /** The route as the framework matched it, such as `/accounts/:id`. */
  readonly route: string;
  readonly params?: Members;
}

/** An evaluation request whose action is the method, and whose resource is the route with its parameters. */
export function routeEvaluation(
  subject: Entity,
  { method, route, params }: Route,
  context?: Members,
): EvaluationRequest {
  const properties = params === undefined ? {} : { properties: { ...params } };
  return {
    subject,
    action: { name: method },
    resource: { type: 'route', id: route, ...properties },
    ...(context === undefined ? {} : { context }),
  };
}
