// The adapter for handlers of the fetch style, from a `Request` to a `Response`: Deno, Bun, workers, and frameworks on them.

import type { Authorization } from './authorization.ts';
import { type ProtectOptions, protect } from './protect.ts';
import { runWhileAuthorized, toResponse } from './whole-response.ts';

/** Further arguments, such as those of a worker, are passed on. */
export type FetchHandler<Rest extends readonly unknown[]> = (
  request: Request,
  authorization: Authorization,
  ...rest: Rest
) => Response | Promise<Response>;

export function protectFetch<Rest extends readonly unknown[] = []>(
  options: ProtectOptions<Request>,
  handler: FetchHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const protection = protect(options);
  return async (request, ...rest) => {
    const traceparent = request.headers.get('traceparent') ?? undefined;
    const admission = await protection(request, traceparent);
    if (admission.kind === 'refused') return toResponse(admission.refusal);
    return runWhileAuthorized(admission, () => handler(request, admission.authorization, ...rest));
  };
}
