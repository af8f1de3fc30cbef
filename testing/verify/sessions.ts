// The properties of sessions: a revoked session stays revoked, and each answer has the properties of answers to
// requests.

import type { SessionSample } from '../explore/sessions.ts';
import { holds, notAbout, type RequestClaim, type SessionClaim } from './claims.ts';

export const staysRevoked: SessionClaim = {
  name: 'a revoked session stays revoked',
  invariant: undefined,
  judge: (_, answers) => {
    const first = answers.findIndex(({ effect }) => effect === 'revoke');
    if (first < 0 || first === answers.length - 1) return notAbout;
    const later = answers.findIndex(({ effect }, step) => step > first && effect !== 'revoke');
    if (later < 0) return holds;
    const why = `revoked in step ${first + 1}, and ${answers[later]?.effect} in step ${later + 1}`;
    return { kind: 'broken', why };
  },
};

export function throughout(claim: RequestClaim): SessionClaim {
  return {
    name: claim.name,
    invariant: claim.invariant,
    judge: (sample, answers) => {
      let judgement = notAbout;
      for (const [step, moment] of momentsOf(sample).entries()) {
        const answer = answers[step];
        if (answer === undefined) break;
        const own = claim.judge(moment, answer);
        if (own.kind === 'broken') {
          return {
            kind: 'broken',
            why: own.why ?? `in step ${step + 1} the answer is ${answer.effect}`,
          };
        }
        if (own.kind !== 'not about') judgement = own;
      }
      return judgement;
    },
  };
}

/** The query of each step, and its instant. */
function momentsOf({ request, opens, tables, steps }: SessionSample) {
  let [text, now] = [request, opens];
  return steps.map((step) => {
    text = step.request ?? text;
    now += step.after;
    return { text, now, tables };
  });
}
