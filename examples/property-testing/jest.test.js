// What holds of every request to the support agent's policy: with jest, which takes modules by
// `NODE_OPTIONS=--experimental-vm-modules npx jest`.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, forAllRequests, requests } from 'nhipol/testing';
import { readPolicy } from 'nhipol/testing/node';

const policy = await readPolicy(new URL('../support-agent/policy.nhipol', import.meta.url));

test('restricted data is given to nobody', () => {
  forAllRequests(policy, (request, ask) => {
    fc.pre(request.resource.properties?.sensitivity === 'restricted');
    expect(ask(request).decision).toBe(false);
  });
});

test('an answer that is no grant has no constraints', () => {
  fc.assert(
    fc.property(requests(policy), (request) => {
      const { effect, constraints } = decide(policy, request);
      if (effect !== 'narrow') expect(constraints).toEqual({});
    }),
  );
});
