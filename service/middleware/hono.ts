// The adapter for Hono. The handlers after it take their authorization by `getAuthorization` of the context.

import { remember } from './authorization.ts';
import { type ProtectOptions, protect } from './protect.ts';
import { runWhileAuthorized, toResponse } from './whole-response.ts';

/** The members of a context of Hono that are used. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly finalized: boolean;
  get res(): Response;
  set res(response: Response | undefined);
}

export function protectHono<Context extends HonoContext>(
  options: ProtectOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const protection = protect(options);
  return async (context, next) => {
    const traceparent = context.req.raw.headers.get('traceparent') ?? undefined;
    const admission = await protection(context, traceparent);
    if (admission.kind === 'refused') return toResponse(admission.refusal);
    remember(context, admission.authorization);
    const response = await runWhileAuthorized(admission, async () => {
      await next();
      return context.res;
    });
    if (admission.authorization.signal.aborted) {
      keepResponse(context, response);
      return undefined;
    }
    if (!context.finalized) return response;
    // Hono adds the headers of a previous response to the next one.
    context.res = undefined;
    context.res = response;
    return undefined;
  };
}

/** The handler may still fail or answer, at any later moment; its response would replace the refusal. */
function keepResponse(context: HonoContext, response: Response): void {
  context.res = undefined;
  context.res = response;
  Object.defineProperty(context, 'res', { get: () => response, set: () => {} });
}
