// A decision by a service: the evaluation, or what the caller prefers when it cannot be had.

import { createDenial, type Evaluation, readEvaluation } from './evaluation.ts';
import { ServiceError } from './service-error.ts';
import type { CallOptions, Transport } from './transport.ts';

export interface DecisionCallOptions extends CallOptions {
  /**
   * `deny`: an answer that cannot be had is a denial with a reason. `throw`: it is the `ServiceError`. Default: that of
   * the client.
   */
  readonly onFailure?: OnFailure | undefined;
  /** W3C trace context: the header of the trace that the decision is part of. */
  readonly traceparent?: string | undefined;
}

export type OnFailure = 'deny' | 'throw';

interface Decided {
  readonly path: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns the evaluation, or what `onFailure` says. Rejects with the reason of a signal of the caller. */
export async function requestDecision(
  { transport, ...defaults }: { readonly transport: Transport; readonly onFailure: OnFailure },
  { path, body, headers }: Decided,
  { onFailure = defaults.onFailure, traceparent, ...options }: DecisionCallOptions,
): Promise<Evaluation> {
  const traced = traceparent === undefined ? headers : { ...headers, traceparent };
  try {
    const call = { method: 'POST', path, body, headers: traced, ...options } as const;
    return readEvaluation(await transport.send(call));
  } catch (error) {
    if (onFailure === 'throw' || !(error instanceof ServiceError)) throw error;
    return createDenial(error);
  }
}
