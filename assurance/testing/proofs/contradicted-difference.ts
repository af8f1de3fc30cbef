// Tries to contradict what is proved about the difference of two policies, and about rules without effect.

import { type EvaluatedAnswer, parseJson } from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel, type Rule } from '@nhipol/language/model';
import {
  compareAnswers,
  type Difference,
  type DifferenceKind,
  differenceClaims,
  isMilder,
  isProvedEverywhere,
  type Unreachable,
} from '@nhipol/proving';
import type { Example } from '../diff/policy-diff.ts';
import { exploreSessions } from '../explore/explore-sessions.ts';
import { SessionPair } from '../explore/paired-sessions.ts';
import { getJsonValue } from '../explore/paths.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';
import { type AimedOptions, defaultSamples, generateAimedRequests } from './aimed-requests.ts';
import type { ProofContradiction } from './contradiction.ts';

/** A session takes as long as this many requests. */
const perSession = 5;

/** A request or a session for which two policies differ in a way that is excluded by a proof. */
export function findContradictedDifference(
  before: PolicyModel,
  after: PolicyModel,
  differences: readonly Pick<Difference, 'kind' | 'verdict'>[],
  options: AimedOptions = {},
): ProofContradiction | undefined {
  const excluded = new Set(
    differences.flatMap(({ kind, verdict }) => (verdict.kind === 'proved' ? [kind] : [])),
  );
  if (excluded.size === 0) return undefined;
  for (const { sample, answers } of generateAimedRequests([before, after], options)) {
    const [old, now] = answers;
    const kind = old && now && findDifference(old, now, excluded);
    if (kind !== undefined)
      return {
        claim: differenceClaims[kind],
        counterexample: {
          kind: 'request',
          sample,
          answer: now as EvaluatedAnswer,
          ...describeHow(old, now),
        },
      };
  }
  const everywhere = new Set(
    differences.flatMap(({ kind, verdict }) => (isProvedEverywhere(verdict) ? [kind] : [])),
  );
  const hasHistory = [before, after].some((policy) => collectPolicyHistory(policy).length > 0);
  if (!hasHistory || everywhere.size === 0) return undefined;
  const pair = new SessionPair(before, after);
  const { samples = defaultSamples, seed = 1 } = options;
  for (const explored of exploreSessions(after, {
    samples: Math.ceil(samples / perSession),
    seed,
  })) {
    const sample = pair.keepCommonSignals(explored.sample);
    const answers = pair.answers(sample);
    for (const [old, now] of answers) {
      const kind = findDifference(old, now, everywhere);
      if (kind === undefined) continue;
      const own = { kind: 'session', sample, answers: answers.map(([, each]) => each) } as const;
      return {
        claim: differenceClaims[kind],
        counterexample: { ...own, ...describeHow(old, now) },
      };
    }
  }
  return undefined;
}

/** The contradictions between examples of differences and proofs. */
export function findDifferenceContradiction(
  examples: readonly Example[],
  differences: readonly Pick<Difference, 'kind' | 'verdict'>[],
): ProofContradiction | undefined {
  const excluded = new Set(
    differences.flatMap(({ kind, verdict }) => (verdict.kind === 'proved' ? [kind] : [])),
  );
  // Proofs are about clocks that show the time of the request.
  for (const { request: text, now, tables, before, after } of examples) {
    const kind = now === undefined ? findDifference(before, after, excluded) : undefined;
    if (kind === undefined) continue;
    const own = { kind: 'request', sample: { text, now, tables }, answer: after } as const;
    return {
      claim: differenceClaims[kind],
      counterexample: { ...own, ...describeHow(before, after) },
    };
  }
  return undefined;
}

function describeHow(old: EvaluatedAnswer | undefined, now: EvaluatedAnswer | undefined) {
  return { why: `${old?.effect} → ${now?.effect}`, tried: 0, after: 0 };
}

/** Answers to requests that are not valid for both are not compared. */
function findDifference(
  old: EvaluatedAnswer,
  now: EvaluatedAnswer,
  kinds: ReadonlySet<DifferenceKind>,
): DifferenceKind | undefined {
  if (old.error !== undefined || now.error !== undefined) return undefined;
  const kind = compareAnswers(old, now);
  return kind !== undefined && kinds.has(kind) ? kind : undefined;
}

/** Whether a request shows that a version is milder than another one, although it is proved that none is. */
export function isLooseningFound(
  before: PolicyModel,
  after: PolicyModel,
  options: AimedOptions = {},
): boolean {
  for (const { answers } of generateAimedRequests([before, after], options)) {
    const [old, now] = answers;
    if (old === undefined || now === undefined) continue;
    if (old.error === undefined && now.error === undefined && isMilder(old, now)) return true;
  }
  return false;
}

/** A request for which a rule has an effect that is excluded by a proof. */
export function findContradictedRule(
  policy: PolicyModel,
  unreachable: readonly Pick<Unreachable, 'rule' | 'kind'>[],
  options: AimedOptions = {},
): ProofContradiction | undefined {
  if (unreachable.length === 0) return undefined;
  for (const { sample, answers } of generateAimedRequests([policy], options)) {
    const [answer] = answers;
    if (answer === undefined || answer.error !== undefined) continue;
    const values = new Map<unknown, unknown>();
    ask(policy, sample, { expression: (expr, { value }) => values.set(expr, value) });
    const found = unreachable.find(({ rule, kind }) => {
      if (!isApplicable(rule, sample) || !values.has(rule.condition)) return false;
      const fires = values.get(rule.condition) === true;
      return kind === 'always' ? !fires : fires && matters(policy, rule, answer);
    });
    if (found === undefined) continue;
    const { rule, kind } = found;
    const claim = kind === 'always' ? 'has a condition that is always true' : 'has no effect';
    return {
      claim: `\`${rule.id}\` ${claim}`,
      counterexample: { kind: 'request', sample, answer, why: undefined, tried: 0, after: 0 },
    };
  }
  return undefined;
}

/** Rules can have one id, so that a reason may be another rule. */
function matters({ rules }: PolicyModel, rule: Rule, answer: EvaluatedAnswer): boolean {
  if (rule.effect === 'permit') return true;
  const isAlone = rules.filter(({ id }) => id === rule.id).length === 1;
  return isAlone && answer.effect === rule.effect && answer.reasons.includes(rule.id);
}

function isApplicable({ scope }: Rule, { text }: GeneratedRequest): boolean {
  const json = parseJson(text);
  const isListed = (names: readonly string[] | undefined, root: string, member: string) => {
    const selector = getJsonValue(json, [root, member]);
    return names === undefined || (selector?.kind === 'string' && names.includes(selector.value));
  };
  return (
    isListed(scope.subjects, 'subject', 'type') &&
    isListed(scope.actions, 'action', 'name') &&
    isListed(scope.resources, 'resource', 'type')
  );
}
