// Traps: each is real, what was meant gets no warning, and few are silent. README.md lists them.

import { readFileSync, writeFileSync } from 'node:fs';
import { checkPolicyFiles } from '@nhipol/cli';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { checkText } from '../support/checking.ts';
import { groups } from './index.ts';
import { trapResults, trapsPage } from './results.ts';
import { type Trap, trapPolicy } from './trap.ts';

const traps = Object.values(groups).flatMap((group) => Object.entries<Trap>(group));
const page = new URL('README.md', import.meta.url);
const results = trapResults();
if (process.env.NHIPOL_WRITE === 'traps') writeFileSync(page, trapsPage(results));
const readme = readFileSync(page, 'utf8');

/** The share of silent traps is at most that of 10 in 88: those that the policy alone does not show. */
const maxSilentShare = 10 / 88;
/** The most traps that the policy alone shows and that may be silent nevertheless. */
const maxUndetected = 0;

describe.each(traps)('%s', (_, trap) => {
  const right = checkText(trapPolicy(trap, true));

  test('the trap and what was meant are answered differently', () => {
    const wrong = checkText(trapPolicy(trap, false));
    for (const { policy } of [wrong, right]) {
      if (policy === undefined) throw new Error('the policy has errors');
      const failed = runTests(policy, createEvaluatorTestEngine(policy)).filter(
        ({ passed }) => !passed,
      );
      expect(failed).toEqual([]);
    }
    expect(trap.got).not.toBe(trap.wanted);
  });

  test('the meant version gets no warning and no advice', () => {
    expect([...right.found, ...right.warned, ...right.advised]).toEqual([]);
  });
});

test('at least 120 traps, of which few are silent', () => {
  const silent = results.filter(({ codes }) => codes.length === 0);
  const undetected = silent.filter(({ trap }) => trap.undetected !== undefined);
  expect(results.length).toBeGreaterThanOrEqual(120);
  expect(undetected.length).toBeLessThanOrEqual(maxUndetected);
  const undecidable = silent.length - undetected.length;
  expect(undecidable / results.length).toBeLessThanOrEqual(maxSilentShare);
});

test('a trap is silent only for a stated reason', () => {
  const silent = results.filter(({ codes }) => codes.length === 0);
  const unexplained = silent.filter(
    ({ trap }) => trap.silent === undefined && trap.undetected === undefined,
  );
  expect(unexplained.map(({ id }) => id)).toEqual([]);
});

test.each(results)('README.md shows what is reported about $id', ({ id, codes }) => {
  const row = readme.split('\n').find((line) => line.startsWith(`| \`${id}\` |`)) ?? '';
  const shown = [...row.matchAll(/\[`([a-z-]+)`\]/g)].map(([, code]) => code);
  // Warnings that are added later are reported, too.
  expect(codes).toEqual(expect.arrayContaining(shown));
  expect(row).not.toBe('');
});

const examples = [
  'admin-bot',
  'agent-trifecta',
  'api-key',
  'break-glass',
  'ci-deploy',
  'coding-agent',
  'data-agent',
  'data-pipeline',
  'federated-workload',
  'github-actions',
  'kubernetes-workload',
  'leaked-credential',
  'mcp-server',
  'payment-bot',
  'support-agent',
];

test.each(examples)(
  'the example %s gets no warning and no advice without a reason',
  async (name) => {
    const { diagnostics, advice } = await checkPolicyFiles(`examples/${name}/policy.nhipol`);
    expect([...diagnostics, ...advice].map(({ code, message }) => `${code}: ${message}`)).toEqual(
      [],
    );
  },
);
