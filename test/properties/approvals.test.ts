// Approvals in generated requests: both engines agree, an approval is looked up by the digest of the
// current call regardless of what a caller claims, and no changed argument leaves it valid.

import { changeRequest } from '@nhipol/language';
import { callDigest } from '@nhipol/runtime/call-digest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluator, modules } from '../support/modules/engines.ts';
import {
  approvals,
  chooseRequest,
  generateRequests,
  readRequestTime,
  seed,
} from '../support/policies/property-policies.ts';

const [, policy] = approvals;
const [byModule = expect.fail('no module')] = await modules([policy]);
const byMeaning = evaluator(policy);
const budget = { numRuns: 600, seed };

test('module and evaluator agree, and generated approvals are of every kind', () => {
  const seen = new Map<string, number>();
  for (const request of generateRequests(policy)) {
    for (const now of [request.now, readRequestTime(request)]) {
      const answer = byModule(request.text, now);
      expect(answer).toEqual(byMeaning(request.text, now));
      const approved = request.text.includes(callDigest(request.text, policy.name) ?? 'none');
      const key = `${answer.effect}${approved ? ', approved' : ''}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  for (const kind of ['permit', 'permit, approved', 'challenge', 'challenge, approved'])
    expect([kind, seen.get(kind) ?? 0]).toEqual([kind, expect.toSatisfy((n: number) => n > 5)]);
});

/** Valid requests for an action that needs an approval. */
const requests = chooseRequest(policy).filter((request) => {
  const { effect, error } = byMeaning(request.text, readRequestTime(request));
  return error === undefined && effect !== 'deny' && effect !== 'revoke';
});

test('a digest in the request changes no answer', () => {
  const digests = fc.constantFrom('"sha-256:"', '"x"', 'null', undefined);
  const property = fc.property(requests, digests, (request, json) => {
    const path = ['context', 'call_digest'];
    const text = changeRequest(request.text, [{ path, json }]);
    const now = readRequestTime(request);
    expect(byModule(text, now)).toEqual(byModule(request.text, now));
  });
  fc.assert(property, budget);
});

test('an additional argument leaves no approval valid', () => {
  const places = fc.constantFrom(
    ['action', 'properties', 'beside'],
    ['action', 'beside'],
    ['resource', 'properties', 'beside'],
    ['resource', 'beside'],
  );
  let lost = 0;
  const property = fc.property(requests, places, fc.json(), (request, path, json) => {
    const now = readRequestTime(request);
    const text = changeRequest(request.text, [{ path, json }]);
    const [before, after] = [byModule(request.text, now), byModule(text, now)];
    if (JSON.parse(text).action.name === 'pay') {
      expect(after.decision).toBe(false);
      if (before.decision) lost += 1;
    }
  });
  fc.assert(property, budget);
  expect(lost).toBeGreaterThan(5);
});
