// Missing data restricts: without a fact, the answer is not less strict than both `deny` and the answer with it. A
// policy may explicitly state otherwise: by a test of presence, `given`, `else`, a default or `if unknown skip`.
// The rule is then reported.

import {
  describeHandling,
  isEnclosingPath,
  type Json,
  listRuleEffects,
  parseJson,
  type RuleEffect,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { strictness } from '@nhipol/runtime/abi';
import { listRequestPlaces, type RequestPlace, setJsonValue } from '../explore/paths.ts';
import { collectBoundaries } from '../generate/boundaries.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';
import {
  type Allowance,
  holdingJudgement,
  type Judgement,
  notAbout,
  type RequestClaim,
} from './claims.ts';
import { measureStrictness } from './rule-effects.ts';

/** `choose`: the members of a request whose absence is tried; default: all. */
export function createMissingDataClaim(
  policy: PolicyModel,
  choose: (places: readonly RequestPlace[]) => readonly RequestPlace[] = (places) => places,
): RequestClaim {
  const ruleEffects = listRuleEffects(policy);
  return {
    name: 'missing data restricts',
    invariant: undefined,
    isExpensive: true,
    judge: (sample, answer) => {
      const json = parseJson(sample.text);
      const facts = json === undefined ? [] : choose(listOptionalFacts(policy, json));
      if (json === undefined || answer.error !== undefined || facts.length === 0) return notAbout;
      let judgement = holdingJudgement;
      for (const fact of facts) {
        const after = judgeIncomplete(policy, ruleEffects, { sample, json, answer }, fact);
        if (after.kind === 'broken') return after;
        if (after.kind === 'allowed') judgement = after;
      }
      return judgement;
    },
  };
}

/** How the policy explicitly allows that the answer is looser without a member, or `undefined` if it does not. */
export function findAllowance(
  policy: PolicyModel,
  sample: GeneratedRequest,
  path: string,
): Allowance | undefined {
  const json = parseJson(sample.text);
  if (json === undefined) return undefined;
  const ruleEffects = listRuleEffects(policy);
  const answer = ask(policy, sample);
  return listOptionalFacts(policy, json)
    .filter((fact) => fact.path === path)
    .map((fact) => judgeIncomplete(policy, ruleEffects, { sample, json, answer }, fact))
    .find((judgement) => judgement.kind === 'allowed')?.by;
}

/** The optional members that rules read. Events are not facts: an absent one has not happened. */
function listOptionalFacts(policy: PolicyModel, json: Json): readonly RequestPlace[] {
  const { read } = collectBoundaries(policy);
  return listRequestPlaces(policy, json).filter(
    ({ required, json: there, path }) =>
      !required &&
      there !== undefined &&
      read.has(path) &&
      !isEnclosingPath('context.events', path),
  );
}

interface Answered {
  readonly sample: GeneratedRequest;
  /** The value in JSON. */
  readonly json: Json;
  readonly answer: Answer;
}

function judgeIncomplete(
  policy: PolicyModel,
  ruleEffects: readonly RuleEffect[],
  { sample, json, answer: before }: Answered,
  { way, path }: RequestPlace,
): Judgement {
  const without = setJsonValue(json, way, undefined);
  if (without === undefined) return holdingJudgement;
  const incomplete = { ...sample, text: writeJson(without) };
  const after = ask(policy, incomplete);
  const minStrictness = Math.min(strictness('deny'), strictness(before.effect));
  if (after.error !== undefined || strictness(after.effect) >= minStrictness)
    return holdingJudgement;
  const change = `${before.effect} → ${after.effect}`;
  const stricter = measureStrictness(policy, ruleEffects, sample);
  const looser = measureStrictness(policy, ruleEffects, incomplete);
  const loosened = ruleEffects.filter((ruleEffect) => {
    const [was, is] = [stricter.get(ruleEffect) ?? -1, looser.get(ruleEffect) ?? -1];
    return ruleEffect.permits ? is > was : is < was;
  });
  for (const ruleEffect of loosened) {
    const how = describeHandling(ruleEffect, path);
    if (how === undefined) continue;
    const { id: rule, span } = ruleEffect.of;
    return { kind: 'allowed', by: { where: `without ${path}`, rule, span, how, change } };
  }
  return { kind: 'broken', why: `without ${path} it is ${change}` };
}
