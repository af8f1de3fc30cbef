// A policy's own invariants as properties.

import { judgeInvariants, type Policy } from '../../language/index.ts';
import { filled } from '../generate/tables.ts';
import { clockOf } from '../runner/ask.ts';
import { holds, notAbout, type RequestClaim } from './claims.ts';

const encoder = new TextEncoder();

export function ownClaims(policy: Policy): readonly RequestClaim[] {
  return policy.invariants.map((invariant) => {
    const alone: Policy = { ...policy, invariants: [invariant] };
    return {
      name: invariant.name,
      invariant,
      judge: (sample, answer) => {
        const bytes = encoder.encode(sample.text);
        const prepared = filled(alone, sample.tables);
        const [own] = judgeInvariants(prepared, bytes, clockOf(sample), answer);
        if (own === undefined) return notAbout;
        return own.holds ? holds : { kind: 'broken', why: undefined };
      },
    };
  });
}
