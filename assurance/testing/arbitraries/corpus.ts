// Requests that cover each kind of answer, from a short exploration of a policy.

import type { PolicyModel } from '@nhipol/language/model';
import { explore } from '../explore/explore.ts';
import { makeNeighbor } from '../explore/neighbors.ts';
import type { Dice } from '../generate/random.ts';
import { type GeneratedRequest, RequestMaker } from '../generate/requests.ts';

const corpora = new WeakMap<PolicyModel, readonly (readonly GeneratedRequest[])[]>();

const explored = 500;
const maxPerEffect = 8;

/** Requests grouped by effect, since some effects are rare. */
function getCorpus(policy: PolicyModel): readonly (readonly GeneratedRequest[])[] {
  const known = corpora.get(policy);
  if (known !== undefined) return known;
  const byAnswer = new Map<string, GeneratedRequest[]>();
  for (const { sample, answers } of explore([policy], { samples: explored })) {
    const [answer] = answers;
    if (answer === undefined || answer.error !== undefined) continue;
    const key = [answer.effect, ...answer.reasons].join(' ');
    const alike = byAnswer.get(key) ?? [];
    byAnswer.set(key, alike);
    if (alike.length < maxPerEffect) alike.push(sample);
  }
  const corpus = [...byAnswer.values()];
  corpora.set(policy, corpus);
  return corpus;
}

/** JSON: a new request, or a neighbor of a known one. */
export function drawRequest(policy: PolicyModel, dice: Dice): string {
  const corpus = getCorpus(policy);
  if (corpus.length === 0 || dice.chance(400)) {
    return new RequestMaker(policy, dice, { untidy: false }).request();
  }
  return makeNeighbor(policy, dice.pick(dice.pick(corpus)).text, dice);
}
