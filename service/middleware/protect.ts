// The core of the middleware: takes a request of any framework, and admits or refuses it before its handler runs. The
// adapters only translate.

import type { EvaluationRequest } from '../client/index.ts';
import type { Authorization } from './authorization.ts';
import type { Backend } from './backend.ts';
import { type Refusal, undecided, withoutSession } from './refusal.ts';
import { Supervisor } from './supervisor.ts';

type Eventually<Value> = Value | Promise<Value>;

export interface ProtectOptions<Request> {
  /** Where decisions come from: `localBackend` or `remoteBackend`. */
  readonly backend: Backend;
  /** The AuthZEN request that decides a request. If it fails, the request is refused. */
  readonly evaluation: (request: Request) => Eventually<EvaluationRequest>;
  /**
   * The id of the session of a request, as the service knows it: from the verified token. A request without one is refused,
   * so that nobody avoids a session by leaving its id out. Default: no request has a session.
   */
  readonly session?: (request: Request) => Eventually<string | undefined>;
  /** Whether a request without a session is decided without a history. Default: false. */
  readonly isSessionOptional?: boolean;
  /** The names of the obligations that the handler carries out; a permit with another one is refused. Default: none. */
  readonly obligations?: readonly string[];
  /** The names of the constraints that the handler keeps, or that limit members of the request. Default: none. */
  readonly constraints?: readonly string[];
  /** The request with the facts of now, when it is decided again. Default: the same request. */
  readonly refresh?: (request: EvaluationRequest) => Eventually<EvaluationRequest>;
  /** Whether refusals state the reasons of the policy. Default: true. */
  readonly isExplained?: boolean;
  /** Receives what prevented a decision; the client does not learn it. Default: nobody does. */
  readonly onError?: (error: unknown) => void;
}

export type Admission =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'admitted';
      readonly authorization: Authorization;
      /** The request was answered: it is supervised no longer. */
      readonly end: () => void;
    };

/** Decides a request. `traceparent`: its header of W3C trace context. Never rejects. */
export type Protection<Request> = (
  request: Request,
  traceparent: string | undefined,
) => Promise<Admission>;

export function protect<Request>(options: ProtectOptions<Request>): Protection<Request> {
  const { backend, isExplained = true, refresh = (same) => same } = options;
  const abilities = {
    obligations: new Set(options.obligations),
    constraints: new Set(options.constraints),
  };
  const onError = options.onError ?? (() => {});
  return async (request, traceparent) => {
    let supervisor: Supervisor;
    try {
      const session = await options.session?.(request);
      const isMissing = session === undefined || session === '';
      if (isMissing && options.session !== undefined && options.isSessionOptional !== true) {
        return { kind: 'refused', refusal: withoutSession };
      }
      const evaluation = await options.evaluation(request);
      const decided = { request: evaluation, session, traceparent };
      supervisor = new Supervisor({
        ...decided,
        backend,
        abilities,
        isExplained,
        refresh,
        onError,
      });
    } catch (error) {
      onError(error);
      return { kind: 'refused', refusal: undecided };
    }
    const refusal = await supervisor.start();
    if (refusal !== undefined) return { kind: 'refused', refusal };
    return { kind: 'admitted', authorization: supervisor, end: () => supervisor.end() };
  };
}
