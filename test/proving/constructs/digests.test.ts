// The digest of a call: a request without one has the digest that is computed, so that its absence refutes nothing.

import { expect, test } from 'vitest';
import { expectAgreement, listVerdicts } from './verdicts.ts';

const policy = `policy acme.digests
subject agent {}
context { call_digest?: String, other?: String, approved?: String }
for agent {
  permit ok otherwise
  deny missing when context.call_digest is missing
  challenge ask when context.approved is not context.call_digest
}
invariant "asks" for agent
  effect is challenge implies context.approved is not context.call_digest
invariant "is never missing" for agent
  context.call_digest is missing implies effect < deny
invariant "never asks for another" for agent
  context.other is context.call_digest implies effect < challenge
`;

test('a call without a digest proves and refutes nothing that depends on it', () => {
  expect(listVerdicts(policy)).toEqual({
    asks: 'proved',
    'is never missing': 'digests',
    'never asks for another': 'refuted',
  });
});

test('the formula agrees with the evaluator', () => {
  expectAgreement(policy);
});
