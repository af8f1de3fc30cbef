// Properties of the policy of the support agent, tested with jest. jest supports ES modules with
// `NODE_OPTIONS=--experimental-vm-modules npx jest`.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, forAllRequests, requests } from 'nhipol/testing';
import { readPolicy } from 'nhipol/testing/node';

const policy = await readPolicy(new URL('../support-agent/policy.nhipol', import.meta.url));

test('restricted data is never permitted', () => {
  forAllRequests(policy, (request, decide) => {
    fc.pre(request.resource.properties?.sensitivity === 'restricted');
    expect(decide(request).decision).toBe(false);
  });
});

test('only a narrow has constraints', () => {
  fc.assert(
    fc.property(requests(policy), (request) => {
      const { effect, constraints } = decide(policy, request);
      if (effect !== 'narrow') expect(constraints).toEqual({});
    }),
  );
});
