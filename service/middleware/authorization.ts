// The authorization of a request that was admitted, as its handler uses it.

import type { AuthZenObligation, JsonValue } from '@nhipol/runtime';
import type { Evaluation, EvaluationRequest } from '../client/index.ts';
import type { Refusal } from './refusal.ts';

/** The reason of the signal: the request is no longer permitted, or it is unknown whether it is. */
export class AuthorizationEnded extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    // The body is that of a problem, which `protect` wrote.
    const { detail } = JSON.parse(refusal.body);
    super(`the authorization ended: ${detail}`);
    this.name = 'AuthorizationEnded';
    this.refusal = refusal;
  }
}

export interface Authorization {
  /** The request that was decided. */
  readonly request: EvaluationRequest;
  /** The id of the session. */
  readonly session: string | undefined;
  /** The latest answer, which is a permit unless the signal is aborted. */
  readonly evaluation: Evaluation;
  /** The limits of the latest answer, which the handler must keep. */
  readonly constraints: Readonly<Record<string, JsonValue>>;
  /** The actions that the handler must take. */
  readonly obligations: readonly AuthZenObligation[];
  /** Aborted with an `AuthorizationEnded` when the request is no longer permitted: the handler must stop. */
  readonly signal: AbortSignal;
  /**
   * Calls with each later permit that has other constraints or obligations. Without a listener such a permit ends the
   * authorization, because the handler would not learn of it.
   */
  readonly onChanged: (listener: (authorization: Authorization) => void) => void;
}

const authorizations = new WeakMap<object, Authorization>();

export function remember(request: object, authorization: Authorization): void {
  authorizations.set(request, authorization);
}

/**
 * The authorization of a request of Express or Fastify, or of a context of Hono. Throws if it is not protected: then
 * nothing was decided.
 */
export function getAuthorization(request: object): Authorization {
  const authorization = authorizations.get(request);
  if (authorization === undefined) throw new Error('the request is not protected');
  return authorization;
}
