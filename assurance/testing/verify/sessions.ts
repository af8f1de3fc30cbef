// The properties of sessions: a revoked session stays revoked, and each answer has the properties of answers to
// requests.

import type { SessionSample } from '../explore/sessions.ts';
import { holdingJudgement, notAbout, type RequestClaim, type SessionClaim } from './claims.ts';

export const staysRevoked: SessionClaim = {
  name: 'a revoked session stays revoked',
  invariant: undefined,
  judge: ({ steps }, answers) => {
    const revoked = new Map<string | undefined, number>();
    let judgement = notAbout;
    for (const [step, { session }] of steps.entries()) {
      const effect = answers[step]?.effect;
      const first = revoked.get(session);
      if (first !== undefined && effect !== 'revoke') {
        return {
          kind: 'broken',
          why: `revoked in step ${first + 1}, and ${effect} in step ${step + 1}`,
        };
      }
      if (first !== undefined) judgement = holdingJudgement;
      else if (effect === 'revoke') revoked.set(session, step);
    }
    return judgement;
  },
};

export function liftClaim(claim: RequestClaim): SessionClaim {
  return {
    name: claim.name,
    invariant: claim.invariant,
    judge: (sample, answers) => {
      let judgement = notAbout;
      for (const [step, moment] of listMoments(sample).entries()) {
        const answer = answers[step];
        if (answer === undefined) break;
        const stepJudgement = claim.judge(moment, answer);
        if (stepJudgement.kind === 'broken') {
          return {
            kind: 'broken',
            why: stepJudgement.why ?? `in step ${step + 1} the answer is ${answer.effect}`,
          };
        }
        if (stepJudgement.kind !== 'not about') judgement = stepJudgement;
      }
      return judgement;
    },
  };
}

/** The query of each step, which is that of its session, and its instant. */
function listMoments({ request, opens, tables, steps }: SessionSample) {
  const latest = new Map<string | undefined, string>();
  let now = opens;
  return steps.map((step) => {
    const text = step.request ?? latest.get(step.session) ?? request;
    latest.set(step.session, text);
    now += step.after;
    return { text, now, tables };
  });
}
