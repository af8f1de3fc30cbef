// Each tool detects the faults that docs/policy-faults.md lists for it, and no others.

import { readFileSync } from 'node:fs';
import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { createEvaluatorTestEngine, runTests, sampleInvariants, verify } from '@nhipol/testing';
import { diff } from '@nhipol/testing/diff';
import { expect, test } from 'vitest';
import { chooseRows, runs } from '../support/budget.ts';
import { evaluator } from '../support/modules/engines.ts';
import { type Fault, faults, type Tool } from './faults.ts';

const folder = new URL('policies/', import.meta.url);

function checkChanged({ policy }: Fault, change: (text: string) => string) {
  const path = `${policy}.nhipol`;
  const text = change(readFileSync(new URL(path, folder), 'utf8'));
  const checked = check(path, new Map([[path, text]]));
  return { ...checked, policy: checked.policy ?? expect.fail(path) };
}

function isRefuted(policy: PolicyModel): boolean {
  const { claims } = verify(policy, { samples: runs(10_000, 4_000) });
  return claims.some(({ counterexample }) => counterexample !== undefined);
}

/** Like `test`, which includes invariants. */
function breaksInvariants(policy: PolicyModel): boolean {
  const results = sampleInvariants(policy, evaluator(policy));
  return results.some(({ counterexample }) => counterexample !== undefined);
}

/** Mutation needs many checks and is run by the script that writes the page. */
function listNoticingTools(fault: Fault): readonly Tool[] {
  const right = checkChanged(fault, (text) => text);
  const faulty = checkChanged(fault, (text) => text.replace(fault.find, fault.put));
  const tests = runTests(faulty.policy, createEvaluatorTestEngine(faulty.policy));
  const differs = diff(right.policy, faulty.policy, { samples: 2000 }).changes.length > 0;
  const found: readonly (readonly [Tool, boolean])[] = [
    ['warning', faulty.diagnostics.length > 0],
    ['test', tests.some(({ passed }) => !passed) || breaksInvariants(faulty.policy)],
    ['verify', isRefuted(faulty.policy)],
    ['diff', differs],
  ];
  return found.flatMap(([tool, isFound]) => (isFound ? [tool] : []));
}

test.for(chooseRows(faults, 4))('$policy: $what', (fault) => {
  const right = checkChanged(fault, (text) => {
    expect(text.split(fault.find)).toHaveLength(2);
    return text;
  });
  expect(right.diagnostics).toEqual([]);
  expect(
    runTests(right.policy, createEvaluatorTestEngine(right.policy)).every(({ passed }) => passed),
  ).toBe(true);
  expect(isRefuted(right.policy)).toBe(false);
  expect(listNoticingTools(fault)).toEqual(fault.noticedBy.filter((tool) => tool !== 'mutate'));
});
