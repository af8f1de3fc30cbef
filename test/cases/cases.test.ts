// Golden cases: a folder is a case, with a policy, the requests that it is asked, and the responses,
// which `vitest -u` writes anew and a person reads. Both engines must give them. A folder of sessions has steps in place of
// requests; what comes of them is in test/conformance.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { type Answer, check, type Policy } from '../../language/index.ts';
import { missing, withoutOperands } from '../support/constructs/names.ts';
import { expressionsThereAre, formsThereAre, nodeKinds } from '../support/constructs/there.ts';
import { expressionsIn, syntaxIn } from '../support/constructs/used.ts';
import { type Ask, evaluator, modules } from '../support/engines.ts';

interface Request {
  readonly name: string;
  /** As JSON, or as a text where that is no JSON. */
  readonly request?: unknown;
  readonly text?: string;
  readonly now?: string;
  /** What external tables hold, as JSON. */
  readonly tables?: Readonly<Record<string, unknown>>;
}

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly policy: Policy;
  /** The texts of its policy. */
  readonly texts: readonly string[];
  readonly requests: readonly Request[];
  readonly hasSteps: boolean;
  /** The files that it is made of, with those that its policy uses. */
  readonly files: readonly string[];
}

const root = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => file !== 'cases.test.ts')
  .sort();
const cases = files
  .filter((file) => file.endsWith('/policy.nhipol'))
  .map((file) => readCase(file.slice(0, -'/policy.nhipol'.length)));

function readCase(name: string): Case {
  const folder = join(root, name);
  const sources = new Map<string, string>();
  let checked = check('policy.nhipol', sources);
  while (checked.wanted.some((path) => existsSync(join(folder, path)))) {
    for (const path of checked.wanted) sources.set(path, readFileSync(join(folder, path), 'utf8'));
    checked = check('policy.nhipol', sources);
  }
  if (checked.policy === undefined) {
    throw new Error(`${name}: ${checked.diagnostics.map(({ message }) => message).join('\n')}`);
  }
  const hasSteps = existsSync(join(folder, 'steps.json'));
  const besides = hasSteps ? ['steps.json'] : ['requests.json', 'expected.json'];
  return {
    name,
    folder,
    policy: checked.policy,
    texts: [...sources].filter(([path]) => path.endsWith('.nhipol')).map(([, text]) => text),
    requests: hasSteps ? [] : JSON.parse(readFileSync(join(folder, 'requests.json'), 'utf8')),
    hasSteps,
    files: [...sources.keys(), ...besides].map((file) => `${name}/${file}`),
  };
}

function answers(ask: Ask, requests: readonly Request[]): string {
  const responses = requests.map(({ name, request, text, now, tables = {} }) => {
    const contents = Object.entries(tables).map(
      ([table, json]) => [table, JSON.stringify(json)] as const,
    );
    const asked = text ?? JSON.stringify(request);
    const answer: Answer = ask(asked, instant(now), new Map(contents));
    return { name, response: toAuthZen(answer) };
  });
  return `${stringify(responses, 2)}\n`;
}

function instant(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : BigInt(Date.parse(text));
}

const asked = cases.filter(({ hasSteps }) => !hasSteps);
const byModule = await modules(asked.map(({ policy }) => policy));

test.each(asked.map((each, index) => ({ ...each, module: byModule[index] as Ask })))(
  '$name',
  async ({ folder, policy, requests, module }) => {
    const expected = answers(evaluator(policy), requests);
    await expect(expected).toMatchFileSnapshot(join(folder, 'expected.json'));
    expect(answers(module, requests)).toBe(expected);
  },
);

test('every file belongs to a case', () => {
  expect(files).toEqual(cases.flatMap((each) => each.files).sort());
});

test('every request has a name of its own', () => {
  for (const { requests } of asked) {
    expect(new Set(requests.map(({ name }) => name)).size).toBe(requests.length);
    expect(requests.length).toBeGreaterThan(0);
  }
});

test('every kind of node, clause and form is in a case', () => {
  const used = syntaxIn(cases.flatMap(({ texts }) => texts));
  expect([...missing(nodeKinds, used), ...missing(formsThereAre(), used)]).toEqual([]);
});

test('every kind of expression, and every builtin by each function that computes it, is in a case', () => {
  const used = withoutOperands(expressionsIn(cases.map(({ policy }) => policy)));
  expect(missing(withoutOperands(expressionsThereAre()), used)).toEqual([]);
});
