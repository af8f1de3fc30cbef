// The events of a session: decisions, received signals, and outcomes of calls. An event is recorded once, with the shapes that
// the policy declares, and never changes.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Fact, Facts } from './facts.ts';

export type SessionEvent = DecisionEvent | SignalEvent;

interface Recorded {
  /** The time of the event in milliseconds; never later than `recorded`. */
  readonly time: bigint;
  /** The instant at which the session recorded the event. */
  readonly recorded: bigint;
}

export interface DecisionEvent extends Recorded {
  readonly kind: 'decision';
  readonly effect: EffectName;
  readonly facts: RequestedFacts;
}

/** The facts of a request that an event contains; of the context only the digest of the call. */
export type RequestedFacts = Pick<Facts, 'action' | 'resource' | 'context' | 'selectors'>;

export interface SignalEvent extends Recorded {
  readonly kind: 'signal' | 'outcome';
  readonly name: string;
  readonly payload: Fact;
  /** The call of an outcome. */
  readonly call: Pick<Facts, 'action' | 'resource' | 'selectors'> | undefined;
}
