// The outcomes of calls as events of the session: `completed` or `failed` when a call ends, and `delivered` when something of
// the server reaches the agent, whether it is a result, an error or another message.

import type { Call } from '../../engine/call.ts';
import type { CallResult, EngineSession } from '../../engine/engine-session.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import type { RelayOptions } from '../relay-options.ts';

/** How long messages of a server during a call count as one delivery, in milliseconds. */
const deliveryPeriod = 1_000;

/** Why the agent does not get what could not be recorded. */
export const unrecorded = 'its outcome cannot be recorded';

interface EndedCall extends CallResult {
  readonly isFailed: boolean;
  /** Whether the agent gets the result: it has not cancelled the call. */
  readonly isDelivered: boolean;
}

/** Records that calls ended, before the agent gets their result. Returns false if it must not get it. */
export function recordEnd(
  session: EngineSession,
  calls: readonly Call[],
  { isFailed, isDelivered, ...result }: EndedCall,
): boolean {
  const end = isFailed ? 'failed' : 'completed';
  return session.recordOutcomes(isDelivered ? ['delivered', end] : [end], calls, result);
}

/** `bytes`: the length of the message. */
export function toResult({ result, error }: ResponseMessage, bytes: number) {
  const isFailed = error !== undefined || result?.isError === true;
  return { isFailed, structured: result?.structuredContent, bytes };
}

/** Records what reaches the agent besides results. */
export class Deliveries {
  readonly #session: () => EngineSession;
  readonly #now: () => number;
  readonly #last: WeakMap<Call, number>;

  constructor(session: () => EngineSession, { now, state }: Pick<RelayOptions, 'now' | 'state'>) {
    this.#session = session;
    this.#now = now;
    this.#last = state.delivered;
  }

  /** Records a message of the server about calls, before the agent gets it. Returns false if it must not get it. */
  record(calls: readonly Call[], bytes: number): boolean {
    const due = [...new Set(calls)].filter((call) => this.#isDue(call));
    if (due.length === 0) return true;
    const isRecorded = this.#session().recordOutcomes(['delivered'], due, { bytes });
    if (isRecorded) for (const call of due) this.#last.set(call, this.#now());
    return isRecorded;
  }

  #isDue(call: Call): boolean {
    const age = this.#now() - (this.#last.get(call) ?? Number.NEGATIVE_INFINITY);
    return age < 0 || age >= deliveryPeriod;
  }
}
