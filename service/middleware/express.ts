// The adapter for Express. The handlers after it take their authorization by `getAuthorization` of the request.

import { remember } from './authorization.ts';
import {
  admitRequest,
  type NodeHeaders,
  type NodeResponse,
  readTraceparent,
} from './node-response.ts';
import { type ProtectOptions, protect } from './protect.ts';
import type { Refusal } from './refusal.ts';

/** The members of a request of Express that are used. */
export interface ExpressRequest {
  readonly headers: NodeHeaders;
}

/** The members of a response of Express that are used. */
export interface ExpressResponse extends NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

export function protectExpress<Request extends ExpressRequest>(
  options: ProtectOptions<Request>,
): (request: Request, response: ExpressResponse, next: (error?: unknown) => void) => void {
  const protection = protect(options);
  return (request, response, next) => {
    const refuse = (refusal: Refusal) => send(response, refusal);
    const admit = () => protection(request, readTraceparent(request.headers));
    admitRequest(response, admit, refuse)
      .then((admission) => {
        if (admission === undefined) return;
        if (admission.kind === 'refused') return refuse(admission.refusal);
        remember(request, admission.authorization);
        next();
      })
      .catch(next);
  };
}

function send(response: ExpressResponse, { status, headers, body }: Refusal): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
