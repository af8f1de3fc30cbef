// Events of a decision point, for metrics.

import type { EffectName } from '@nhipol/runtime';

/** How a request reached the service. */
export type Endpoint =
  | 'evaluation'
  | 'evaluations'
  | 'search'
  | 'session'
  | 'ext_authz'
  | 'ext_mcp'
  | 'middleware';

export interface Observer {
  /** `seconds`: the time to the decision, without the transport. */
  readonly decided: (endpoint: Endpoint, effect: EffectName, seconds: number) => void;
  /** The answer to a session changed without a request. */
  readonly changed: (effect: EffectName) => void;
  readonly signalled: (signal: string) => void;
}

export const noObserver: Observer = {
  decided: () => {},
  changed: () => {},
  signalled: () => {},
};
