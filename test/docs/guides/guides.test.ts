// The guides in docs/: each policy has no diagnostics, shows a permitted and a denied request, and has each of its
// restrictions as a reason in a test. Its tests pass in the evaluator, those of a sample also in modules, and no
// invariant is refuted.

import { evaluate } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { toAuthZen } from '@nhipol/runtime';
import {
  createEvaluatorTestEngine,
  createModuleTestEngine,
  runTests,
  sampleInvariants,
  type TestEngine,
} from '@nhipol/testing';
import { expect, test } from 'vitest';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { evaluator, loadPolicies } from '../../support/modules/engines.ts';
import { checkBlock, listAnchors, readPage } from '../../support/pages/pages.ts';

const comingFrom = ['rego', 'cedar', 'cel', 'polar', 'sql', 'javascript'].map(
  (name) => `coming-from/${name}.md`,
);
const paths = ['cookbook.md', ...comingFrom];
const pages = paths.map((path) => ({ path, page: readPage(path) }));
const policies = pages.flatMap(({ path, page }) =>
  page.blocks
    .filter(({ language }) => language === 'nhipol')
    .map((block) => ({ name: `${path}:${block.line}`, policy: checkBlock(page, block) })),
);
const sample = policies.filter((_, index) => index % 4 === 0);
const byModule = await loadPolicies(
  sample.map(({ policy }) => policy),
  assembleQuickly,
  undefined,
  { possible: true },
);

function listFailures(policy: PolicyModel, engine: TestEngine) {
  return runTests(policy, engine).flatMap(({ failures }) => failures);
}

test('every guide contains policies', () => {
  const counts = paths.map((path) => policies.filter(({ name }) => name.startsWith(`${path}:`)));
  expect(counts.map(({ length }) => length > 0)).toEqual(paths.map(() => true));
});

test.for(policies)('$name passes its tests', ({ policy }) => {
  expect(listFailures(policy, createEvaluatorTestEngine(policy))).toEqual([]);
});

test('the modules of a sample pass the tests', () => {
  const failures = sample.flatMap(({ name, policy }, index) => {
    const engine = createModuleTestEngine(byModule[index] ?? expect.fail('no module'));
    return listFailures(policy, { ...engine, open: undefined }).map((failure) => [name, failure]);
  });
  expect(failures).toEqual([]);
});

test.for(policies)(
  '$name shows permitted and denied requests, and each restriction',
  ({ policy }) => {
    const answers = runTests(policy, createEvaluatorTestEngine(policy)).flatMap(
      (result) => result.answers,
    );
    expect(new Set(answers.map(({ decision }) => decision))).toEqual(new Set([true, false]));
    const seen = new Set(answers.flatMap(({ reasons }) => reasons));
    const restrictions = [
      ...policy.rules.filter(({ effect }) => effect !== 'permit').map(({ id }) => id),
      ...policy.scores.flatMap(({ conditions }) => conditions.map(({ id }) => id)),
    ];
    expect(restrictions.filter((id) => !seen.has(id))).toEqual([]);
  },
);

test('no invariant is refuted', () => {
  const results = policies.flatMap(({ policy }) => sampleInvariants(policy, evaluator(policy)));
  expect(results).not.toEqual([]);
  expect(results.filter(({ counterexample }) => counterexample !== undefined)).toEqual([]);
});

const cookbook = readPage('cookbook.md');

test('each recipe of the cookbook has a policy, and the page lists the recipes at its top', () => {
  const [top = '', ...recipes] = cookbook.text.split(/^### /m);
  expect(recipes.length).toBeGreaterThanOrEqual(20);
  expect(recipes.filter((recipe) => !recipe.includes('\n```nhipol\n'))).toEqual([]);
  const titles = recipes.map((recipe) => recipe.split('\n', 1)[0] ?? '');
  const anchors = [...listAnchors(titles.map((title) => `### ${title}`).join('\n'))];
  const listed = [...top.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(listed).toEqual(anchors);
});

test('the cookbook shows the real answer of its policy', () => {
  const block = cookbook.blocks.findLast(({ language }) => language === 'nhipol');
  if (block === undefined) throw new Error('no policy');
  const request = new TextEncoder().encode(cookbook.files.get('why.json'));
  const answer = evaluate(checkBlock(cookbook, block), request, {
    now: undefined,
    precedence: 'request',
  });
  expect(toAuthZen(answer)).toEqual(JSON.parse(cookbook.files.get('why-answer.json') ?? ''));
});

test('the guides compare the same policy with the other languages', () => {
  const texts = comingFrom
    .slice(0, 4)
    .map((path) => readPage(path).blocks.find(({ language }) => language === 'nhipol')?.text);
  expect(new Set(texts).size).toBe(1);
});
