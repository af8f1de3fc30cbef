// The types of obligations in AuthZEN's draft profiles (obligations 1.0, draft 1; access request and
// approval 1.0, draft 1): their names in answers, the effects of the rules that may demand them, and their
// members. Obligations that a policy defines have the type `custom`.

import { type EffectName, effects } from '@nhipol/runtime/abi';
import { duration, makeSetType, string, type Type } from './types.ts';

export type ObligationType =
  | 'step-up'
  | 'notification'
  | 'session_termination'
  | 'access_request'
  | 'custom';

export interface KnownObligation {
  readonly type: ObligationType;
  /** The effects of the rules that may demand it. */
  readonly effects: readonly EffectName[];
  readonly required: Readonly<Record<string, Type>>;
  /** The types of members that need not be declared. */
  readonly optional: Readonly<Record<string, Type>>;
  /** Whether a policy may add members. */
  readonly open: boolean;
}

/** The known types, by their names in a policy. */
export const knownObligations: ReadonlyMap<string, KnownObligation> = new Map([
  [
    'step_up',
    {
      type: 'step-up',
      effects: ['challenge'],
      required: { acr_value: string },
      // `max_age` is from RFC 9470; the draft does not define it.
      optional: { amr_values: makeSetType(string), max_age: duration },
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
      // The answer contains `expires_at`: the instant of evaluation plus this duration.
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

/** Returns the effects of the rules that may demand obligations of a type. */
export function listDemandingEffects(type: ObligationType): readonly EffectName[] {
  const knownObligation = [...knownObligations.values()].find((row) => row.type === type);
  return knownObligation?.effects ?? [];
}
