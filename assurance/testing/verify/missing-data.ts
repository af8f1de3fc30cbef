// Missing data restricts: without a fact, the answer is not less strict than both `deny` and the answer with it. A
// policy may explicitly state otherwise: by a test of presence, `given`, `else`, a default or `if unknown skip`.
// The rule is then reported.

import {
  isAround,
  type Json,
  optOut,
  parseJson,
  type RuleEffect,
  ruleEffectsOf,
  writeJson,
} from '@nhipol/language';
import type { Policy } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { strictness } from '@nhipol/runtime/abi';
import { type Place, placesOf, put } from '../explore/paths.ts';
import { boundariesOf } from '../generate/boundaries.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';
import { type Allowance, holds, type Judgement, notAbout, type RequestClaim } from './claims.ts';
import { strictnessOf } from './rule-effects.ts';

/** `choose`: the members of a request whose absence is tried; default: all. */
export function missingDataClaim(
  policy: Policy,
  choose: (places: readonly Place[]) => readonly Place[] = (places) => places,
): RequestClaim {
  const ruleEffects = ruleEffectsOf(policy);
  return {
    name: 'missing data restricts',
    invariant: undefined,
    isExpensive: true,
    judge: (sample, answer) => {
      const json = parseJson(sample.text);
      const facts = json === undefined ? [] : choose(factsOf(policy, json));
      if (json === undefined || answer.error !== undefined || facts.length === 0) return notAbout;
      let judgement = holds;
      for (const fact of facts) {
        const after = judgeWithout(policy, ruleEffects, { sample, json, answer }, fact);
        if (after.kind === 'broken') return after;
        if (after.kind === 'allowed') judgement = after;
      }
      return judgement;
    },
  };
}

/** How the policy explicitly allows that the answer is looser without a member; undefined: it does not. */
export function allowanceWithout(
  policy: Policy,
  sample: GeneratedRequest,
  path: string,
): Allowance | undefined {
  const json = parseJson(sample.text);
  if (json === undefined) return undefined;
  const ruleEffects = ruleEffectsOf(policy);
  const answer = ask(policy, sample);
  return factsOf(policy, json)
    .filter((fact) => fact.path === path)
    .map((fact) => judgeWithout(policy, ruleEffects, { sample, json, answer }, fact))
    .find((judgement) => judgement.kind === 'allowed')?.by;
}

/** The optional members that rules read. Events are not facts: an absent one has not happened. */
function factsOf(policy: Policy, json: Json): readonly Place[] {
  const { read } = boundariesOf(policy);
  return placesOf(policy, json).filter(
    ({ required, json: there, path }) =>
      !required && there !== undefined && read.has(path) && !isAround('context.events', path),
  );
}

interface Answered {
  readonly sample: GeneratedRequest;
  /** The value in JSON. */
  readonly json: Json;
  readonly answer: Answer;
}

function judgeWithout(
  policy: Policy,
  ruleEffects: readonly RuleEffect[],
  { sample, json, answer: before }: Answered,
  { way, path }: Place,
): Judgement {
  const without = put(json, way, undefined);
  if (without === undefined) return holds;
  const incomplete = { ...sample, text: writeJson(without) };
  const after = ask(policy, incomplete);
  const minStrictness = Math.min(strictness('deny'), strictness(before.effect));
  if (after.error !== undefined || strictness(after.effect) >= minStrictness) return holds;
  const change = `${before.effect} → ${after.effect}`;
  const stricter = strictnessOf(policy, ruleEffects, sample);
  const looser = strictnessOf(policy, ruleEffects, incomplete);
  const loosened = ruleEffects.filter((ruleEffect) => {
    const [was, is] = [stricter.get(ruleEffect) ?? -1, looser.get(ruleEffect) ?? -1];
    return ruleEffect.permits ? is > was : is < was;
  });
  for (const ruleEffect of loosened) {
    const how = optOut(ruleEffect, path);
    if (how === undefined) continue;
    const { id: rule, span } = ruleEffect.of;
    return { kind: 'allowed', by: { where: `without ${path}`, rule, span, how, change } };
  }
  return { kind: 'broken', why: `without ${path} it is ${change}` };
}
