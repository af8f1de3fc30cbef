// A policy's own invariants as properties.

import { judgeInvariants, judgeSessionInvariants, readsHistory } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { playSessionSample } from '../explore/sessions.ts';
import { fillTables } from '../generate/tables.ts';
import { toClock } from '../runner/ask.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import { holdingJudgement, notAbout, type RequestClaim, type SessionClaim } from './claims.ts';

const encoder = new TextEncoder();

/** The invariants that are about single requests. */
export function listRequestClaims(policy: PolicyModel): readonly RequestClaim[] {
  return policy.invariants
    .filter((invariant) => !readsHistory(invariant))
    .map((invariant) => {
      const alone: PolicyModel = { ...policy, invariants: [invariant] };
      return {
        name: invariant.name,
        invariant,
        judge: (sample, answer) => {
          const bytes = encoder.encode(sample.text);
          const prepared = fillTables(alone, sample.tables);
          const [own] = judgeInvariants(prepared, bytes, toClock(sample), answer);
          if (own === undefined) return notAbout;
          return own.holds ? holdingJudgement : { kind: 'broken', why: undefined };
        },
      };
    });
}

/** The invariants that are about events of a session. */
export function listHistoryClaims(policy: PolicyModel): readonly SessionClaim[] {
  return policy.invariants.filter(readsHistory).map((invariant) => ({
    name: invariant.name,
    invariant,
    judge: (sample) => {
      let judgement = notAbout;
      const judgeDecision: Parameters<typeof createEvaluatorSessions>[2] = (
        present,
        session,
        now,
        answer,
      ) => {
        const alone: PolicyModel = { ...present, invariants: [invariant] };
        const [own] = judgeSessionInvariants(alone, session, now, answer);
        if (own === undefined || judgement.kind === 'broken') return;
        judgement = own.holds
          ? holdingJudgement
          : { kind: 'broken', why: `in a step the answer is ${answer.effect}` };
      };
      playSessionSample(createEvaluatorSessions(policy, undefined, judgeDecision), sample);
      return judgement;
    },
  }));
}
