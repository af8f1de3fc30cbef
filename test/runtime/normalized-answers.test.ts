// If selectors and tests determine the answers of a policy, the module evaluates each of them once.

import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { loadPolicies } from '../support/modules/engines.ts';
import { normalizedPolicy } from '../support/policies/normalized-policy.ts';

let judged = 0;
const [policy = expect.fail('not loaded')] = await loadPolicies(
  [checkPolicy(normalizedPolicy)],
  undefined,
  undefined,
  {
    change: (exports) => ({
      ...exports,
      decide_facts: (...args) => {
        judged += 1;
        return exports.decide_facts?.(...args) ?? 0;
      },
    }),
  },
);

function request(changes: { readonly geo?: string; readonly risk?: number } = {}) {
  return {
    subject: { type: 'agent', id: 'a', properties: { environment: 'prod', scopes: ['mail'] } },
    action: { name: 'tool.invoke' },
    resource: { type: 'tool', id: 't', properties: { name: 'mail', environment: 'prod' } },
    context: { risk: 10, geo: 'DE', session: { age: 60 }, ...changes },
  };
}

function countJudged(each: unknown): number {
  const before = judged;
  policy.decide(each);
  return judged - before;
}

test('an answer is evaluated once, and again if a test has another result', () => {
  expect(policy.decide(request()).effect).toBe('permit');
  expect(countJudged(request({ risk: 20 }))).toBe(0);
  expect(countJudged(request({ geo: 'US' }))).toBe(0);
  expect(countJudged(request({ geo: 'FR' }))).toBe(1);
  expect(policy.decide(request({ geo: 'CH' })).reasons).toEqual(['elsewhere']);
});

test('unknown is distinguished from false', () => {
  const { risk: _, ...context } = request().context;
  expect(policy.decide(request()).effect).toBe('permit');
  expect(policy.decide({ ...request(), context })).toMatchObject({
    effect: 'challenge',
    reasons: ['risky'],
  });
});

test('an ill-formed string is denied, even if only the host reads it', () => {
  expect(policy.decide(request({ geo: '\ud800' }))).toMatchObject({
    effect: 'deny',
    error: { code: 'lone_surrogate' },
  });
});

test('a caller cannot change an answer for the next one', () => {
  const answer = policy.decide(request());
  expect(() => Object.assign(answer, { effect: 'deny' })).toThrow(TypeError);
  expect(() => Object.assign(answer.reasonDetails[0] ?? {}, { id: 'other' })).toThrow(TypeError);
  expect(policy.decide(request())).toMatchObject({ effect: 'permit', reasons: ['in_scope'] });
});

test('an answer that contains a value is evaluated each time', () => {
  const readMessage = (risk: number) => policy.decide(request({ risk })).reasonDetails[0]?.message;
  expect(readMessage(70)).toBe('a risk of 70');
  expect(readMessage(71)).toBe('a risk of 71');
});

test('an answer is evaluated again at another instant', () => {
  expect(policy.decide(request())).toMatchObject({ effect: 'permit' });
  expect(policy.again(1.8e12)).toMatchObject({ effect: 'permit', validUntil: undefined });
});
