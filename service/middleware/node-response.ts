// The response of a server of Node, as far as Express and Fastify need it: supervised until it is closed, and cut off when
// its request is no longer permitted.

import type { AuthorizationEnded } from './authorization.ts';
import type { Admission } from './protect.ts';
import type { Refusal } from './refusal.ts';

/** The members of a response of Node that are used. */
export interface NodeResponse {
  readonly headersSent: boolean;
  once(event: 'close', listener: () => void): unknown;
  destroy(error?: Error): unknown;
}

/** The headers of a request of Node. */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export function readTraceparent({ traceparent }: NodeHeaders): string | undefined {
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/**
 * Admits a request whose response may be closed at any time. Returns `undefined` if it was closed meanwhile. `refuse`:
 * answers with a refusal, if the response has not begun.
 */
export async function admitRequest(
  response: NodeResponse,
  admit: () => Promise<Admission>,
  refuse: (refusal: Refusal) => void,
): Promise<Admission | undefined> {
  let isClosed = false;
  let end = () => {};
  response.once('close', () => {
    isClosed = true;
    end();
  });
  const admission = await admit();
  if (admission.kind === 'refused') return isClosed ? undefined : admission;
  end = admission.end;
  if (isClosed) {
    end();
    return undefined;
  }
  const { signal } = admission.authorization;
  signal.addEventListener('abort', () => {
    if (response.headersSent) response.destroy();
    else refuse((signal.reason as AuthorizationEnded).refusal);
  });
  return admission;
}
