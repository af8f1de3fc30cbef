// Requests are varied from those of the policy's tests, whose strings may begin like instants.

import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

test('strings that begin like an instant, and instants at the end of time, can be varied', () => {
  const policy = checkPolicy(`policy p
subject agent {}
action pay { invoice: String, due: Timestamp }
context { time: Timestamp }
const age = 90d
for agent { permit pays when action.due - context.time < age and action.invoice is "2026-0312" }
test "one" {
  request {
    subject: { type: agent, id: "2026-13-99" },
    action: { name: pay, properties: { invoice: "2026-0312", due: 9999-12-31T23:59:59Z } },
    resource: { type: account, id: x },
    context: { time: 2026-03-03T10:00:00Z }
  }
  expect deny
}`);
  const requests = fc.sample(createRequestArbitrary(policy), { numRuns: 2_000, seed: 7 });
  expect(new Set(requests.map(({ text }) => text)).size).toBeGreaterThan(1_000);
});
