// Properties of the policy of the support agent, tested with vitest and with the types of the policy.

import fc from 'fast-check';
import { decide, forAllRequests, forAllSessions, near, requests } from 'nhipol/testing';
import { readPolicy } from 'nhipol/testing/node';
import { expect, test } from 'vitest';
import type { BoundPolicy } from './support-agent.d.ts';

const policy = await readPolicy<BoundPolicy>(
  new URL('../support-agent/policy.nhipol', import.meta.url),
);

const strictness = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];
const levels = ['LOW', 'MEDIUM', 'HIGH'] as const;

test('a higher risk never loosens an answer', () => {
  forAllRequests(policy, (request, decide) => {
    const risk = request.context?.risk;
    const answers = levels.map((level) =>
      decide({ ...request, context: { ...request.context, risk: { ...risk, level } } }),
    );
    const strict = answers.map(({ effect }) => strictness.indexOf(effect));
    expect(strict).toEqual(strict.toSorted());
  });
});

test('a narrow permits only reading', () => {
  forAllRequests(policy, (request, decide) => {
    fc.pre(decide(request).effect === 'narrow');
    expect(request.action.properties?.privilege).toBe('read');
  });
});

test('a revoked session stays revoked', () => {
  forAllSessions(policy, (_, answers) => {
    const effects = answers.map(({ effect }) => effect);
    const first = effects.indexOf('revoke');
    fc.pre(first >= 0);
    expect(new Set(effects.slice(first))).toEqual(new Set(['revoke']));
  });
});

// `requests`, `near` and `sessions` are arbitraries of fast-check.
test('neighbors of a permitted request with a credential for another server are not permitted', () => {
  const [permitted] = fc.sample(
    requests(policy).filter((request) => decide(policy, request).effect === 'permit'),
    { numRuns: 1, seed: 1 },
  );
  if (permitted === undefined) throw new Error('no request is permitted');
  fc.assert(
    fc.property(near(policy, permitted), (request) => {
      fc.pre(decide(policy, request).decision);
      const server = request.action.properties?.tool?.server;
      expect(request.subject.properties?.credential?.audience).toContain(server);
    }),
  );
});
