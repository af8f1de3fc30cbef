// Golden explanations: each folder has a policy, a request, and the explanation of the answer as text and as JSON.
// `vitest -u` regenerates them, and a person reviews them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, explain, renderExplanation } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { createMask } from '../../language/secrets/mask.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** With a known key, so that masks do not change. */
const mask = createMask(new Uint8Array(32));

function read(name: string): { policy: PolicyModel; request: Uint8Array } {
  const text = readFileSync(join(root, name, 'policy.nhipol'), 'utf8');
  const { policy, diagnostics } = check('policy.nhipol', new Map([['policy.nhipol', text]]));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(
    errors.map(({ message, span }) => `${message}: ${text.slice(span.start, span.end)}`),
  ).toEqual([]);
  if (policy === undefined) throw new Error(`${name}: no policy`);
  return { policy, request: readFileSync(join(root, name, 'request.json')) };
}

test.for(names)('the explanation of %s is as expected', async (name) => {
  const { policy, request } = read(name);
  const explanation = explain(policy, request, { now: undefined, precedence: 'request' }, [], mask);
  const { answer: _, ...why } = explanation;
  await expect(
    renderExplanation(explanation, policy.sources, { silent: true }),
  ).toMatchFileSnapshot(join(root, name, 'explained.txt'));
  await expect(`${stringify(why, 2)}\n`).toMatchFileSnapshot(join(root, name, 'explained.json'));
});

test('each folder has a policy, a request and two explanations', () => {
  for (const name of names) {
    const files = ['explained.json', 'explained.txt', 'policy.nhipol', 'request.json'];
    expect(readdirSync(join(root, name)).sort(), name).toEqual(files);
  }
  expect(names.length).toBeGreaterThanOrEqual(15);
});

test('escapes control characters of a request', () => {
  const { policy, request } = read('patterns');
  expect(JSON.parse(new TextDecoder().decode(request)).subject.properties.name).toContain('\u001b');
  const text = renderExplanation(
    explain(policy, request, { now: undefined, precedence: 'request' }),
    policy.sources,
  );
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
