// What happened in a session: the decisions that were taken, and the signals that were received. An
// event is told once, by the shapes that the policy declared, and never changes.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Fact, Facts } from './facts.ts';

export type SessionEvent = DecisionEvent | SignalEvent;

interface Recorded {
  /** When it came about, in milliseconds; never behind `recorded`. */
  readonly time: bigint;
  /** The instant of the session at which it was recorded. */
  readonly recorded: bigint;
}

export interface DecisionEvent extends Recorded {
  readonly kind: 'decision';
  readonly effect: EffectName;
  readonly facts: AskedFacts;
}

/** What was asked; of the context the digest of the call. */
export type AskedFacts = Pick<Facts, 'action' | 'resource' | 'context' | 'selectors'>;

export interface SignalEvent extends Recorded {
  readonly kind: 'signal';
  readonly name: string;
  readonly payload: Fact;
}
