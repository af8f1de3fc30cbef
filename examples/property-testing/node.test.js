// What holds of every request to the support agent's policy: with the test runner of Node.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decide, forAllRequests, requests } from 'nhipol/testing';
import { readPolicy } from 'nhipol/testing/node';

const policy = await readPolicy(new URL('../support-agent/policy.nhipol', import.meta.url));

test('a credential that has leaked ends the session, or is refused', () => {
  forAllRequests(policy, (request, ask) => {
    fc.pre(request.subject.properties?.credential?.exposed === true);
    assert.ok(!ask(request).decision);
  });
});

// Strangers are those of whom the policy does not speak.
test('nobody but an AI agent that calls a tool gets anything', () => {
  fc.assert(
    fc.property(requests(policy, { strangers: true }), (request) => {
      fc.pre(request.subject.type !== 'ai_agent' || request.action.name !== 'tools/call');
      assert.deepEqual(decide(policy, request).reasons, ['default_deny']);
    }),
  );
});
