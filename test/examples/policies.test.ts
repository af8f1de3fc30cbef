// The example policies and the templates of `nhipol init` have no diagnostics, keep their invariants, and pass their
// own tests in both engines. Each restriction is a reason in an answer of those tests, which also detect each removed
// rule and each restriction that always fires. The tests of an example produce each outcome of its rules and
// conditions.

import { compile } from '@nhipol/compiler';
import {
  collectPolicyHistory,
  type Expr,
  findSourcePlace,
  type PolicyModel,
  type Rule,
  type Score,
} from '@nhipol/language/model';
import { load } from '@nhipol/runtime';
import {
  createEvaluatorTestEngine,
  createModuleTestEngine,
  runTests,
  sampleInvariants,
  type TestEngine,
} from '@nhipol/testing';
import { coverByTests } from '@nhipol/testing/coverage';
import { expect, test } from 'vitest';
import type { SourcePlace } from '../../language/model/place.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { assemble } from '../support/modules/assembler.ts';
import { loadPolicies } from '../support/modules/engines.ts';
import { examples, templates } from '../support/policies/examples.ts';

const shipped = [
  ...examples.map((example) => ({ ...example, tests: 11, isExample: true })),
  ...templates.map(({ name, path }) => ({
    name: `template ${name}`,
    path,
    tests: 4,
    isExample: false,
  })),
];
const checked = shipped.map(({ path, ...rest }) => ({ ...rest, ...loadPolicy(path) }));
const sound = checked.flatMap(({ name, tests, isExample, policy }) =>
  policy === undefined ? [] : [{ name, tests, isExample, policy }],
);
const byModules = await loadPolicies(
  sound.map(({ policy }) => policy),
  assemble,
  undefined,
  { possible: true },
);
const policies = sound.map((each, index) => ({
  ...each,
  byModule: createModuleTestEngine(byModules[index] ?? expect.fail('no module')),
}));

test('examples and templates exist', () => {
  expect(examples.length).toBeGreaterThan(5);
  expect(templates.length).toBeGreaterThan(5);
});

test.each(checked)('$name has no diagnostics', ({ policy, diagnostics }) => {
  expect(diagnostics).toEqual([]);
  expect(policy).toBeDefined();
});

test.each(policies)('$name passes its own tests in the evaluator', ({ policy, tests }) => {
  expect(failures(policy, createEvaluatorTestEngine(policy))).toEqual([]);
  expect(policy.tests.length).toBeGreaterThanOrEqual(tests);
});

test.each(policies)('$name passes its own tests in the module', async ({ policy, byModule }) => {
  // A module that many policies share does not support sessions.
  const engine =
    collectPolicyHistory(policy).length === 0
      ? { ...byModule, open: undefined }
      : createModuleTestEngine(load((await compile(policy, assemble, { possible: true })).wasm));
  expect(failures(policy, engine)).toEqual([]);
});

test.each(policies)('$name keeps its invariants', ({ policy, byModule }) => {
  for (const { invariant, tried, counterexample } of sampleInvariants(policy, byModule.decide)) {
    expect({ name: invariant.name, counterexample }).toEqual({ name: invariant.name });
    expect(tried).toBeGreaterThan(0);
  }
});

test.each(policies.filter(({ isExample }) => isExample))(
  'the tests of $name produce all outcomes',
  ({ policy }) => {
    const points = coverByTests(policy).files.flatMap((file) => file.points);
    const unseen = points.flatMap(({ line, name, outcomes }) =>
      outcomes
        .filter(({ times }) => times === 0)
        .map(({ outcome }) => `${line} ${name} ${outcome}`),
    );
    expect(points.length).toBeGreaterThan(10);
    expect(unseen).toEqual([]);
  },
);

// Permits are excluded: one that a narrow always overrides is not a reason of any answer. Removing it is detected.
test.each(policies)('each restriction of $name is a reason in its tests', ({ policy }) => {
  const reasons = runTests(policy, createEvaluatorTestEngine(policy))
    .flatMap(({ answers }) => answers)
    .flatMap(({ reasonDetails }) => reasonDetails);
  const seen = new Set(reasons.map(({ effect, source }) => `${effect} ${at(source)}`));
  const places = new Set(reasons.map(({ source }) => at(source)));
  const restrictions = policy.rules.filter(({ effect }) => effect !== 'permit');
  const unseen = [
    ...restrictions.filter(
      ({ effect, span }) => !seen.has(`${effect} ${at(findSourcePlace(policy, span))}`),
    ),
    ...policy.scores
      .flatMap(({ conditions }) => conditions)
      .filter(({ span }) => !places.has(at(findSourcePlace(policy, span)))),
  ];
  expect(unseen.map(({ id }) => id)).toEqual([]);
});

test.each(policies)('the tests of $name detect each removed rule', ({ policy }) => {
  const without = [
    ...policy.rules.map((rule) => ({
      id: rule.id,
      other: { ...policy, rules: policy.rules.filter((each) => each !== rule) },
    })),
    ...policy.scores.flatMap((score) =>
      score.conditions.map((condition) => ({
        id: condition.id,
        other: withScore(policy, score, {
          ...score,
          conditions: score.conditions.filter((each) => each !== condition),
        }),
      })),
    ),
  ];
  expect(without.filter(({ other }) => passes(other)).map(({ id }) => id)).toEqual([]);
});

test.each(policies)(
  'the tests of $name detect each restriction that always fires',
  ({ policy }) => {
    const always = policy.rules
      .filter(({ effect, condition }) => effect !== 'permit' && condition.kind !== 'Constant')
      .map((rule) => ({
        id: rule.id,
        other: {
          ...policy,
          rules: policy.rules.map((each) => (each === rule ? firing(rule) : each)),
        },
      }));
    expect(always.filter(({ other }) => passes(other)).map(({ id }) => id)).toEqual([]);
  },
);

function failures(policy: PolicyModel, engine: TestEngine) {
  return runTests(policy, engine)
    .filter(({ passed }) => !passed)
    .map(({ test: { name }, failures: differing }) => ({ name, differing }));
}

/** Returns true if all tests pass. Stops at the first failure. */
function passes(policy: PolicyModel): boolean {
  const engine = createEvaluatorTestEngine(policy);
  return policy.tests.every((each) =>
    runTests({ ...policy, tests: [each] }, engine).every(({ passed }) => passed),
  );
}

function at(place: SourcePlace | undefined): string {
  return place === undefined ? 'nowhere' : `${place.file}:${place.line}:${place.column}`;
}

function withScore(policy: PolicyModel, score: Score, other: Score): PolicyModel {
  return { ...policy, scores: policy.scores.map((each) => (each === score ? other : each)) };
}

function firing(rule: Rule): Rule {
  const { type, span } = rule.condition;
  const condition: Expr = { kind: 'Constant', type, span, value: true };
  return { ...rule, condition };
}
