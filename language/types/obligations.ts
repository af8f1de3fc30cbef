// The types of obligations that AuthZEN's draft profiles know (obligations 1.0, draft 1; access
// request and approval 1.0, draft 1): what each is called on the wire, which rules may ask for it, and
// the members that it needs. A policy's own are `custom`.

import { type EffectName, effects } from '@nhipol/runtime/abi';
import { duration, setOf, string, type Type } from './types.ts';

export type ObligationType =
  | 'step-up'
  | 'notification'
  | 'session_termination'
  | 'access_request'
  | 'custom';

export interface KnownObligation {
  readonly type: ObligationType;
  /** The effects of the rules that may ask for it. */
  readonly effects: readonly EffectName[];
  readonly required: Readonly<Record<string, Type>>;
  /** Members that need not be declared, and mean this where they are. */
  readonly optional: Readonly<Record<string, Type>>;
  /** Whether a policy may add members of its own. */
  readonly open: boolean;
}

/** By the name that a policy gives the type. */
export const knownObligations: ReadonlyMap<string, KnownObligation> = new Map([
  [
    'step_up',
    {
      type: 'step-up',
      effects: ['challenge'],
      required: { acr_value: string },
      // `max_age` is RFC 9470's, beside the draft's own.
      optional: { amr_values: setOf(string), max_age: duration },
      open: true,
    },
  ],
  [
    'notification',
    {
      type: 'notification',
      effects: effects,
      required: { to: string, body: string },
      optional: { topic: string },
      open: true,
    },
  ],
  [
    'session_termination',
    {
      type: 'session_termination',
      effects: ['revoke'],
      required: { subject: string },
      optional: {},
      open: true,
    },
  ],
  [
    'access_request',
    {
      type: 'access_request',
      effects: ['challenge'],
      // The answer tells `expires_at`, which is so much later than the instant of evaluation.
      required: { expires_in: duration },
      optional: {
        template: string,
        display: string,
        form_url: string,
        endpoint: string,
        request_schema_url: string,
        request_catalogs_url: string,
      },
      open: false,
    },
  ],
  ['custom', { type: 'custom', effects: effects, required: {}, optional: {}, open: true }],
]);

export function effectsOf(type: ObligationType): readonly EffectName[] {
  const known = [...knownObligations.values()].find((row) => row.type === type);
  return known?.effects ?? [];
}
