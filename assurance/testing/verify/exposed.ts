// An exposed credential never acts: if the policy declares `exposed` for a subject, no request in which it is true
// is permitted, except by a permit that requires it, such as one to exchange a leaked key.

import { listEffectParts, listRuleEffects, parseJson } from '@nhipol/language';
import { collectReads, type PolicyModel, spellMemberPath } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import { listRequestPlaces } from '../explore/paths.ts';
import { holdingJudgement, notAbout, type RequestClaim } from './claims.ts';
import { measureStrictness } from './rule-effects.ts';

/** None if no subject declares it. */
export function createExposureClaims(policy: PolicyModel): readonly RequestClaim[] {
  const shapes = [...policy.subjects.values(), policy.anySubject ?? []].flat();
  const paths = new Set(shapes.flatMap((shape) => findMemberPaths('exposed', shape, 'subject')));
  if (paths.size === 0) return [];
  const permits = listRuleEffects(policy).filter((ruleEffect) => ruleEffect.permits);
  return [
    {
      name: 'an exposed credential never acts',
      invariant: undefined,
      judge: (sample, answer) => {
        const json = parseJson(sample.text);
        const exposed = json && listRequestPlaces(policy, json).find(isExposed);
        if (exposed === undefined || answer.error !== undefined) return notAbout;
        if (!answer.decision) return holdingJudgement;
        const fired = measureStrictness(policy, permits, sample);
        const asking = permits.find(
          (ruleEffect) =>
            fired.get(ruleEffect) === 0 &&
            collectReads([...listEffectParts(ruleEffect)]).has(exposed.path),
        );
        if (asking === undefined) {
          return {
            kind: 'broken',
            why: `${exposed.path} is true, and the answer is ${answer.effect}`,
          };
        }
        const { id: rule, span } = asking.of;
        const where = `where ${exposed.path} is true`;
        const [how, change] = ['requires it', answer.effect];
        return { kind: 'allowed', by: { where, rule, span, how, change } };
      },
    },
  ];

  function isExposed({ path, json }: ReturnType<typeof listRequestPlaces>[number]): boolean {
    return paths.has(path) && json?.kind === 'boolean' && json.value;
  }
}

function findMemberPaths(name: string, type: Type, path: string): readonly string[] {
  if (type.kind === 'List' || type.kind === 'Map')
    return findMemberPaths(name, type.element, `${path}[]`);
  if (type.kind !== 'Record') return [];
  return [...type.members.values()].flatMap((member) => {
    const own = spellMemberPath(path, member.name);
    if (member.name === name && member.type.kind === 'Bool') return [own];
    return findMemberPaths(name, member.type, own);
  });
}
