// Properties of every explanation: its answer is the evaluator's, each reason has a condition that
// decided it with the value in the evaluator, and the conditions that fail a permit are not true. For the
// examples with generated requests, and for generated programs.

import {
  type Explanation,
  evaluate,
  explain,
  renderExplanation,
  type Trace,
} from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { findPosition } from '@nhipol/language/support';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExplanationPart, Spot } from '../../language/explain/explain.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { examples } from '../support/policies/examples.ts';

const requests = runs(40, 10);
const generated = runs(96, 80);

type Traced = ReadonlyMap<string, ReadonlySet<string | null>>;

const toKey = ({ file, start, end }: Pick<Spot, 'file' | 'start' | 'end'>) =>
  `${file} ${start} ${end}`;

/** The evaluator's value of each condition, by its position. */
function traceConditions(policy: PolicyModel, ask: Parameters<typeof explain>): Traced {
  const found = new Map<string, Set<string | null>>();
  const [, request, clock] = ask;
  const expression: Trace['expression'] = (expr, { value }) => {
    if (expr.type.kind !== 'Bool') return;
    const { file } = findSourcePlace(policy, expr.span);
    const key = toKey({ ...expr.span, file });
    found.set(key, (found.get(key) ?? new Set()).add(value === undefined ? null : String(value)));
  };
  evaluate(policy, request, clock, { expression });
  return found;
}

function listLeaves(part: ExplanationPart): readonly ExplanationPart[] {
  const below = part.parts.filter(({ role }) => role === 'condition');
  return below.length === 0 ? [part] : below.flatMap(listLeaves);
}

function everyPart(part: ExplanationPart): readonly ExplanationPart[] {
  return [part, ...part.parts.flatMap(everyPart)];
}

function checkExplanation(
  policy: PolicyModel,
  request: Uint8Array,
  now: bigint | undefined,
): Explanation {
  const clock = { now, precedence: now === undefined ? ('request' as const) : ('host' as const) };
  const explanation = explain(policy, request, clock);
  const { answer, reasons, grant, until } = explanation;
  expect(answer).toEqual(evaluate(policy, request, clock));
  const values = traceConditions(policy, [policy, request, clock]);
  const ruled = answer.reasonDetails.filter(({ source }) => source !== undefined);
  expect(reasons.map(({ id, effect }) => [id, effect])).toEqual(
    ruled.map(({ id, effect }) => [id, effect]),
  );
  for (const { condition, effect, written, falls, fired } of reasons) {
    const leaves = listLeaves(condition);
    expect(leaves.length).toBeGreaterThan(0);
    for (const { at, form, value } of leaves) {
      const found = values.get(toKey(at));
      // One of several quantifiers in one place is shown at its collection.
      if (form !== 'Quantifier' || found !== undefined) expect(found).toContain(value);
    }
    if (written !== undefined && written !== effect) expect(falls).not.toEqual([]);
    if (fired === 'true' && falls.length === 0) expect(condition.value).toBe('true');
    if (condition.value === null) {
      const causes = everyPart(condition).filter(({ cause }) => cause !== undefined);
      expect(causes, condition.name).not.toEqual([]);
    }
  }
  if (answer.reasons.includes('default_deny')) {
    expect(grant?.fired).toEqual([]);
    expect((grant?.nearest === undefined) === (grant?.scopes !== undefined)).toBe(true);
  }
  if (grant?.nearest !== undefined) {
    expect(grant.nearest.failing).not.toEqual([]);
    expect(grant.nearest.failing.length).toBeLessThanOrEqual(grant.nearest.conditions);
    for (const { value } of grant.nearest.failing) expect(value).not.toBe('true');
  }
  for (const { missed } of grant?.scopes ?? []) expect(missed).not.toEqual([]);
  expect(until === undefined).toBe(answer.validUntil === undefined);
  const text = renderExplanation(explanation, policy.sources, { silent: true });
  expect(text).toMatch(/^(?:permit|narrow|challenge|deny|revoke) because /);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  return explanation;
}

function generateRequests(policy: PolicyModel) {
  return fc.sample(createRequestArbitrary(policy), requests);
}

test.for(examples)('explanations of $name are consistent with the evaluator', ({ path }) => {
  const { policy } = loadPolicy(path);
  if (policy === undefined) throw new Error(path);
  for (const { text, now } of generateRequests(policy)) {
    checkExplanation(policy, new TextEncoder().encode(text), now);
  }
});

test('explanations of generated policies are consistent with the evaluator', () => {
  const effects = new Set<string>();
  for (const { text: source, others } of fc.sample(programs, generated)) {
    const policy = checkPolicy(source, others);
    for (const { text, now } of generateRequests(policy)) {
      effects.add(checkExplanation(policy, new TextEncoder().encode(text), now).answer.effect);
    }
  }
  expect([...effects].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
});

test('any bytes have an explanation', () => {
  const { policy } = loadPolicy(examples[0]?.path ?? '');
  if (policy === undefined) throw new Error('no policy');
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.json().map(encode)), (bytes) => {
      const { error } = checkExplanation(policy, bytes, undefined);
      const excerpt = error?.excerpt;
      if (excerpt === undefined) return;
      expect(excerpt.start).toBeLessThanOrEqual(excerpt.end);
      expect(findPosition(excerpt.text, excerpt.start).line).toBe(1);
    }),
  );
});

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
