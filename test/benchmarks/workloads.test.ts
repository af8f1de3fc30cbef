// The workloads of the benchmarks are deterministic, permit about 40 % of the requests, and are decided as expected by
// both the handwritten function and the evaluator.

import { check, evaluate } from '@nhipol/language';
import { expect, test } from 'vitest';
import { listCases } from '../../benchmarks/arguments.mjs';
import { addressNumber } from '../../benchmarks/workloads/addresses.mjs';
import { generateRules, writePolicy } from '../../benchmarks/workloads/p3.mjs';
import { caseName, createWorkload } from '../../benchmarks/workloads/workload.mjs';

const kinds = ['action', 'attribute', 'cidr', 'glob'];
const cases = listCases(['p1', 'p2', 'p3', 'p4'], kinds, [10, 100], 1000).map(
  (one) => [caseName(one), one] as const,
);

test.for(cases)('%s is deterministic', ([, one]) => {
  const [first, second] = [createWorkload(one), createWorkload(one)];
  expect(second.texts).toEqual(first.texts);
  expect(second.expected).toEqual(first.expected);
  expect(second.policy).toEqual(first.policy);
});

test.for(cases)('%s permits 35 to 45 % of the requests', ([, one]) => {
  const { expected } = createWorkload(one);
  const permits = expected.filter((effect) => effect === 'permit').length;
  expect(expected.length).toBe(1000);
  expect(permits).toBeGreaterThanOrEqual(350);
  expect(permits).toBeLessThanOrEqual(450);
});

test.for(cases)('the handwritten function decides %s as expected', ([, one]) => {
  const { requests, expected, byHand } = createWorkload(one);
  const decide = byHand();
  expect(requests.map((request) => (decide(request) ? 'permit' : 'deny'))).toEqual(expected);
});

test.for(cases)('%s has no diagnostics and is evaluated as expected', ([, one]) => {
  const { policy: files, texts, expected } = createWorkload(one);
  const [entry = ''] = files.keys();
  const { policy, diagnostics } = check(entry, files);
  expect(diagnostics).toEqual([]);
  if (policy === undefined) throw new Error('no policy');
  const effects = texts.map((text) => {
    const answer = evaluate(policy, new TextEncoder().encode(text), {
      now: 0n,
      precedence: 'request',
    });
    expect(answer.error).toBeUndefined();
    return answer.effect;
  });
  expect(effects).toEqual(expected);
});

test('a policy too large for one file is written to several files, which are checked together', () => {
  const files = writePolicy('action', generateRules('action', 2501));
  expect([...files.keys()]).toEqual(['policy.nhipol', 'rules-0.nhipol', 'rules-1.nhipol']);
  expect(check('policy.nhipol', files).diagnostics).toEqual([]);
});

test.for(kinds)('no two rules of the kind %s have the same condition', (kind) => {
  const rules = generateRules(kind, 1000);
  const distinctions = rules.map(({ index, risk, scope, ...rest }) => JSON.stringify(rest));
  expect(new Set(distinctions).size).toBe(1000);
});

test.for([
  ['10.0.0.1', 0x0a000001],
  ['255.255.255.255', 0xffffffff],
  ['10.0.0.01', -1],
  ['10.0.0', -1],
  ['10.0.0.256', -1],
  ['10..0.1', -1],
  ['', -1],
] as const)('parses the address %s', ([text, number]) => {
  expect(addressNumber(text)).toBe(number);
});
