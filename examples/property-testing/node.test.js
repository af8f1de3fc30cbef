// Properties of the policy of the support agent, tested with the test runner of Node.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decide, forAllRequests, requests } from 'nhipol/testing';
import { readPolicy } from 'nhipol/testing/node';

const policy = await readPolicy(new URL('../support-agent/policy.nhipol', import.meta.url));

test('a leaked credential is never permitted', () => {
  forAllRequests(policy, (request, decide) => {
    fc.pre(request.subject.properties?.credential?.exposed === true);
    assert.ok(!decide(request).decision);
  });
});

// `strangers` also generates types and names that the policy does not declare.
test('only tool calls of AI agents are permitted', () => {
  fc.assert(
    fc.property(requests(policy, { strangers: true }), (request) => {
      fc.pre(request.subject.type !== 'ai_agent' || request.action.name !== 'tools/call');
      assert.deepEqual(decide(policy, request).reasons, ['default_deny']);
    }),
  );
});
