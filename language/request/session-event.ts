// The events of a session: decisions, received signals, and outcomes of calls. An event is recorded once, with the shapes that
// the policy declares, and never changes.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Selector } from '../model/model.ts';
import type { Fact } from './fact.ts';

export type HistoryEvent = DecisionEvent | SignalEvent;

interface Recorded {
  /** The time of the event in milliseconds; never later than `recorded`. */
  readonly time: bigint;
  /** The instant at which the session recorded the event. */
  readonly recorded: bigint;
}

interface DecisionEvent extends Recorded {
  readonly kind: 'decision';
  readonly effect: EffectName;
  readonly facts: RequestedFacts;
}

/** The facts of a request that an event contains; of the context only the digest of the call. */
export interface RequestedFacts extends CallFacts {
  readonly context: Fact;
}

interface CallFacts {
  readonly action: Fact;
  readonly resource: Fact;
  /** The values of the selectors; a faulty one is not in the map. */
  readonly selectors: ReadonlyMap<Selector, string>;
}

export interface SignalEvent extends Recorded {
  readonly kind: 'signal' | 'outcome';
  readonly name: string;
  readonly payload: Fact;
  /** The call of an outcome. */
  readonly call: CallFacts | undefined;
}
