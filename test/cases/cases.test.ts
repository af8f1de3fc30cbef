// Golden cases: each folder has a policy, requests and the expected responses, which both engines must return.
// `vitest -u` regenerates them, and a person reviews them. A folder of sessions has steps instead of requests; their
// results are in test/conformance.

import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EvaluatedAnswer } from '@nhipol/language';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { expressionsThereAre, formsThereAre, nodeKinds } from '../support/constructs/existing.ts';
import { listExpressions, listSyntax } from '../support/constructs/in-use.ts';
import { missing, withoutOperands } from '../support/constructs/names.ts';
import { type GoldenCase, type GoldenRequest, goldenCases } from '../support/golden-cases.ts';
import { assemble } from '../support/modules/assembler.ts';
import { type Ask, evaluator, modules } from '../support/modules/engines.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => file !== 'cases.test.ts')
  .sort();
const cases = goldenCases();

function answers(ask: Ask, requests: readonly GoldenRequest[]): string {
  const responses = requests.map(({ name, text, now, tables }) => {
    const answer: EvaluatedAnswer = ask(text, now === undefined ? undefined : BigInt(now), tables);
    return { name, response: toAuthZen(answer) };
  });
  return `${stringify(responses, 2)}\n`;
}

function listFiles({ name, sources, hasSteps }: GoldenCase): readonly string[] {
  const others = hasSteps ? ['steps.json'] : ['requests.json', 'expected.json'];
  return [...sources.keys(), ...others].map((file) => `${name}/${file}`);
}

const withRequests = cases.filter(({ hasSteps }) => !hasSteps);
const byModule = await modules(
  withRequests.map(({ policy }) => policy),
  assemble,
);

test.each(withRequests.map((each, index) => ({ ...each, module: byModule[index] as Ask })))(
  'both engines answer the requests of $name as expected',
  async ({ folder, policy, requests, module }) => {
    const expected = answers(evaluator(policy), requests);
    await expect(expected).toMatchFileSnapshot(join(folder, 'expected.json'));
    expect(answers(module, requests)).toBe(expected);
  },
);

test('every file belongs to a case', () => {
  expect(files).toEqual(cases.flatMap(listFiles).sort());
});

test('the requests of a case have distinct names', () => {
  for (const { requests } of withRequests) {
    expect(new Set(requests.map(({ name }) => name)).size).toBe(requests.length);
    expect(requests.length).toBeGreaterThan(0);
  }
});

test('the cases contain every kind of node, clause and form', () => {
  const texts = cases.flatMap(({ sources }) =>
    [...sources].filter(([path]) => path.endsWith('.nhipol')).map(([, text]) => text),
  );
  const used = listSyntax(texts);
  expect([...missing(nodeKinds, used), ...missing(formsThereAre(), used)]).toEqual([]);
});

test('the cases contain every kind of expression, and every builtin with each function that computes it', () => {
  const used = withoutOperands(listExpressions(cases.map(({ policy }) => policy)));
  expect(missing(withoutOperands(expressionsThereAre()), used)).toEqual([]);
});
